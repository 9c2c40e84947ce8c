import type { JsonValue } from '@openfeature/server-sdk';
import { parse, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { FormatError, type FlagFileFormat } from './flag-file-format';

/** JSON.parse judges the text. Where a fault is, it does not tell reliably, so the tolerant parser looks for that. */
export const jsonFormat: FlagFileFormat = {
  parse(text) {
    try {
      return JSON.parse(text) as JsonValue;
    } catch (error) {
      // newer versions of V8 throw a RangeError for what is nested too deeply
      if (error instanceof SyntaxError) throw faultIn(text, error);
      throw error;
    }
  },

  locator(text) {
    const root = treeOf(text);
    return (pointer) => {
      let node = root;
      for (const step of pointer.split('/').slice(1).map(unescape)) {
        const next = node && memberOf(node, step);
        if (next === undefined) break;
        node = next;
      }
      return node?.offset ?? 0;
    };
  },
};

const faults: Readonly<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  InvalidSymbol: 'this is no JSON value',
  InvalidNumberFormat: 'this is no number in JSON',
  PropertyNameExpected: 'a member name in double quotes is missing here, or the comma before is too many',
  ValueExpected: 'a value is missing here, or the comma before is too many',
  ColonExpected: 'a colon is missing here',
  CommaExpected: 'a comma is missing here, or a bracket is',
  CloseBraceExpected: 'the text ends, but a closing brace "}" is missing',
  CloseBracketExpected: 'the text ends, but a closing bracket "]" is missing',
  EndOfFileExpected: 'there is text after the end of the flag set',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'this string is not closed on its line',
  UnexpectedEndOfNumber: 'this number lacks digits at its end',
  InvalidUnicode: 'this string has a "\\u" without four hexadecimal digits',
  InvalidEscapeCharacter: 'this string has a backslash before a character that none belongs to',
  InvalidCharacter: 'this string has a control character in it, such as a tab; it must be escaped',
  '<unknown ParseErrorCode>': 'this is not JSON',
};

/** None if the text is nested too deeply for the tolerant parser. */
function treeOf(text: string): Node | undefined {
  try {
    return parseTree(text);
  } catch {
    return undefined;
  }
}

function faultIn(text: string, cause: Error): FormatError {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true });
  } catch {
    // nested too deeply for the tolerant parser
  }
  const [first] = errors;
  if (text.trim() === '') return new FormatError('the file is empty', 0, { cause });
  if (first === undefined) return new FormatError(cause.message, 0, { cause });
  return new FormatError(faults[printParseErrorCode(first.error)], first.offset, { cause });
}

/** Of two members of one name, JSON.parse takes the later. */
function memberOf({ type, children = [] }: Node, step: string): Node | undefined {
  if (type === 'array') return children[Number(step)];
  return children.findLast((property) => property.children?.[0]?.value === step)?.children?.[1];
}

function unescape(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
