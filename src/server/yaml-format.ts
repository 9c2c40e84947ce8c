import type { JsonValue } from '@openfeature/server-sdk';
import type * as Yaml from 'yaml';
import { FormatError, type FlagFileFormat } from './flag-file-format';

/** An alias counts for what it stands for, so that a few lines cannot become gigabytes. */
const mostAliases = 100_000;

/** Deeper than any rule or variant may be. The parser would go on until the stack overflows, which V8 may not survive. */
const deepest = 600;

/** YAML 1.2, with comments, anchors and merge keys (`<<`). What reads it is loaded when it is needed. */
export async function loadYamlFormat(): Promise<FlagFileFormat> {
  const yaml = await import('yaml');
  const read = (text: string) => yaml.parseDocument(text, { merge: true, prettyErrors: false, logLevel: 'error' });
  return {
    parse(text) {
      refuseDepth(text, yaml);
      const document = read(text);
      const [fault] = [...document.errors, ...document.warnings];
      if (fault) throw new FormatError(asPhrase(fault), fault.pos[0], { cause: fault });
      if (document.contents === null) throw new FormatError('the file is empty', 0);
      refuseWhatJsonLacks(document, yaml);
      try {
        return document.toJS({ maxAliasCount: mostAliases }) as JsonValue;
      } catch (error) {
        // aliases that stand for more than anyone would write, or for themselves
        if (error instanceof ReferenceError) throw new FormatError(asPhrase(error), 0, { cause: error });
        throw error;
      }
    },

    locator(text) {
      const document = read(text);
      return (pointer) => {
        let node: Yaml.Node | null | undefined = document.contents;
        for (const step of pointer.split('/').slice(1).map(unescape)) {
          const collection = yaml.isAlias(node) ? node.resolve(document) : node;
          const next = memberOf(collection, step, yaml);
          if (!next) break;
          node = next;
        }
        return node?.range?.[0] ?? 0;
      };
    },
  };
}

function refuseDepth(text: string, { Lexer, Parser }: typeof Yaml): void {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    if (parser.stack.length > deepest) throw new FormatError('the text is nested too deeply from here', parser.offset);
  }
}

function refuseWhatJsonLacks(document: Yaml.Document, { visit, isNode, isScalar }: typeof Yaml): void {
  const refuse = (node: unknown, fault: string) => {
    throw new FormatError(fault, (isNode(node) ? node.range?.[0] : undefined) ?? 0);
  };
  const anchors = new Map<string, Yaml.Node>();
  visit(document, {
    Pair(_, { key }) {
      if (!isScalar(key)) refuse(key, 'this name of a member is no plain text');
    },
    Value(_, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value)) {
        refuse(node, 'this is no number in JSON');
      }
    },
    Alias(_, node, path) {
      const target = anchors.get(node.source);
      if (target === undefined) refuse(node, `there is no anchor &${node.source} before this`);
      else if (path.includes(target)) refuse(node, 'this alias stands for something that it is part of');
    },
  });
}

function memberOf(
  collection: Yaml.Node | null | undefined,
  step: string,
  { isMap, isScalar, isSeq, isNode }: typeof Yaml,
): Yaml.Node | undefined {
  const value = isSeq(collection)
    ? collection.items[Number(step)]
    : isMap(collection)
      ? collection.items.find(({ key }) => isScalar(key) && String(key.value) === step)?.value
      : undefined;
  return isNode(value) ? value : undefined;
}

/** The parser's messages are sentences; here they stand behind a place. */
function asPhrase({ message }: Error): string {
  if (message.includes('multiple documents')) return 'a second document begins here; a flag file has one';
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}

function unescape(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
