import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { optionTable } from '../../src/config/option-table';
import { createCertificateAuthority } from '../support/certificates';
import { changedFlags, flags, Workplace } from './flagsync';

const faulty = `{
  "flags": {
    "broken": {"state":"ON","variants":{"on":true,"off":"no"},"defaultVariant":"x"},
    "rule": {"state":"ENABLED","variants":{"on":true},"targeting":{"if":[{"foo":1},"on",{"$ref":"gone"}]}},
    "reach": {"state":"ENABLED","variants":{"on":true,"never":false},"targeting":{"if":[{"var":"x"},"on","off"]}},
    "weights": {"state":"ENABLED","variants":{"a":1,"b":2},"targeting":{"fractional":[["a",0.5],["b",-1],["a",1]]}},
    "zero": {"state":"DISABLED","variants":{"a":1}},
    "zero": {"state":"ENABLED","variants":{"a":1},"targeting":{"fractional":[["a",0]]}}
  },
  "$evaluators": {"idle":{"!":true}}
}`;

describe('flagsync', function () {
  this.timeout(20_000);
  const workplace = Workplace.perTest();
  const run = (...args: readonly string[]) => workplace().run(...args);

  describe('the command line', () => {
    it('has help, and a version', async () => {
      const { version } = JSON.parse(readFileSync(resolve(__dirname, '../../package.json'), 'utf8')) as {
        version: string;
      };
      const ended = await workplace().start(['--version']).end();
      expect(ended).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
      const { code, stdout } = await run('--help');
      expect(code).to.equal(0);
      for (const name of ['serve', 'watch', 'eval', 'validate', 'diff', 'completion']) {
        expect(stdout).to.contain(`\n  ${name} `);
        expect((await run('help', name)).stdout).to.match(new RegExp(`^Usage: flagsync ${name} `));
      }
    });

    it('takes every option of the provider that is no function', async () => {
      const { stdout } = await run('watch', '--help');
      for (const [option, { variables }] of Object.entries(optionTable)) {
        const name = `--${option.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
        if (variables.length > 0) expect(stdout).to.contain(` ${name}`).and.to.contain(variables[0]);
        else expect(stdout).not.to.contain(name);
      }
    });

    const misuses: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /^Usage: flagsync COMMAND/],
      [['nope'], /there is no command "nope"\.\n/],
      [['help', 'nope'], /there is no command "nope"\.\n/],
      [['wacth'], /there is no command "wacth"; "watch" may be meant\.\n/],
      [['evaluate'], /"eval" may be meant\.\n/],
      [['--json', 'eval'], /^flagsync: expected a command before --json\.\n/],
      [['eval', '--prot', 'auto'], /^flagsync eval: there is no option --prot; --protocol may be meant\n/],
      [['eval', '-z'], /there is no option -z\n/],
      [['eval', '--context'], /--context needs a value: --context=JSON\|@FILE\n/],
      [['eval', '--context', '--json'], /--context needs a value/],
      [['eval', '--tls=true'], /--tls takes no value\n/],
      [['eval', 'a', 'b'], /"b" is one argument too many\. Usage: flagsync eval \[KEY\]/],
      [['watch', 'localhost'], /"localhost" is one argument too many/],
      [['diff', 'a.json'], /expected two, A and B/],
      [['completion', 'csh'], /expected one of bash, zsh, fish/],
      [['eval', '--port', 'http'], /^flagsync eval: --port: "http" cannot be used; expected a whole number/],
      [
        ['eval', '--auth-token', 'top-secret', '--host', 'far.away'],
        /^flagsync eval: --auth-token: would be sent in clear to far\.away; give --tls, or/,
      ],
      [
        ['eval', '--tls', '--client-cert-path', 'x'],
        /^flagsync eval: --client-cert-path: needs --client-key-path as well/,
      ],
      [['eval', '--auth-token', 'töp-secret'], /--auth-token: the value given cannot be used/],
      [['eval', '--context', '{'], /--context: this is no JSON/],
      [['diff', 'a.json', 'b.json'], /a\.json: there is no such file/],
      [
        ['diff', 'http://localhost:8015', 'b.json'],
        /"http:\/\/localhost:8015" is no file; a server is grpc:\/\/HOST:PORT/,
      ],
      [['diff', 'localhost:8015', 'b.json'], /"localhost:8015" is no file; a server is grpc:/],
      [['diff', 'grpc://localhost', 'b.json'], /expected grpc:\/\/HOST:PORT/],
      [['diff', '.', 'b.json'], /^flagsync diff: \.: this is a directory\n/],
      [['serve', '--context-value', 'x'], /expected KEY=VALUE/],
      [['serve', '--tls'], /TLS needs a certificate/],
    ];
    it('is refused with the reason, with no stack, and with exit code 2', async () => {
      const ends = await Promise.all(misuses.map(([args]) => run(...args)));
      for (const [index, { code, stdout, stderr }] of ends.entries()) {
        const [args, reason] = misuses[index]!;
        expect(stderr, args.join(' '))
          .to.match(reason)
          .and.not.to.match(/\n\s+at |-secret/);
        expect({ code, stdout }, args.join(' ')).to.deep.equal({ code: 2, stdout: '' });
      }
    });

    it('ends when nobody reads any more', async () => {
      workplace().write('flags.json', flags);
      const { port } = await workplace().serve();
      const watching = workplace().start(['watch', '--port', port]);
      await watching.output(/READY/);
      watching.process.stdout.destroy();
      workplace().write('flags.json', changedFlags);
      const { code, stderr } = await watching.end();
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    });
  });

  describe('serve', () => {
    it('serves example flags where there is no file, and prints them to begin with', async () => {
      const { port, server } = await workplace().serve();
      expect((await run('eval', 'welcome-banner', '--port', port)).stdout).to.match(/welcome-banner +true +on +STATIC/);
      expect(await server.end('SIGTERM')).to.include({ code: 0, stderr: '' });
      const { stdout } = await run('serve', '--print-example');
      workplace().write('flags.json', stdout);
      expect(await run('validate', 'flags.json')).to.include({ code: 0, stdout: '' });
    });

    it('logs clients and pushes, and sends context values', async () => {
      const file = workplace().write('flags.json', flags);
      const { port, server } = await workplace().serve(file, '--context-value', 'plan=pro', '--context-value', 'n=1');
      expect((await run('eval', 'limit', '--port', port)).stdout).to.match(/limit +1000 +large +TARGETING_MATCH/);
      await server.output(/Client 1 subscribed: .*\n.*Client 1: \d+ bytes pushed\n[^]*Client 1 has gone/);
    });

    it('requires a token from a file, and a certificate of an authority', async () => {
      const authority = await createCertificateAuthority();
      const [own, client] = await Promise.all(
        ['server', 'client'].map((commonName) => authority.issue({ commonName })),
      );
      const pems = {
        ca: authority.cert,
        cert: own!.cert,
        key: own!.key,
        'client-cert': client!.cert,
        'client-key': client!.key,
      };
      for (const [name, pem] of Object.entries(pems)) workplace().write(`${name}.pem`, pem);
      workplace().write('token', 'top-secret\n');
      const tls = ['--cert-path', 'cert.pem', '--key-path', 'key.pem', '--client-ca-path', 'ca.pem'];
      const file = workplace().write('flags.json', flags);
      const { port, server } = await workplace().serve(file, ...tls, '--auth-token-path', 'token');

      const connection = ['--port', port, '--tls', '--cert-path', 'ca.pem', '--deadline-ms', '3000'];
      const known = [...connection, '--client-cert-path', 'client-cert.pem', '--client-key-path', 'client-key.pem'];
      const [good, tokenless, unknown] = await Promise.all([
        run('eval', 'banner', ...known, '--auth-token-path', 'token'),
        run('eval', 'banner', ...known, '--fatal-status-codes', 'UNAUTHENTICATED'),
        run('eval', 'banner', ...connection, '--auth-token-path', 'token', '--deadline-ms', '800'),
      ]);
      expect(good).to.include({ code: 0, stderr: '' });
      expect(tokenless.code).to.equal(1);
      expect(tokenless.stderr).to.match(/UNAUTHENTICATED; no token was sent/);
      expect(unknown.code).to.equal(1);
      expect(unknown.stderr).to.match(/client certificate/);
      expect((await server.end('SIGINT')).stdout).not.to.contain('top-secret');
    });

    it('takes the variables of the provider, and logs JSON for machines', async () => {
      const file = workplace().write('flags.json', flags);
      const server = workplace().start(['serve', file, '--json', '--port', '0'], {
        FLAGD_HOST: '127.0.0.1',
        FLAGD_PORT: '1',
      });
      const [, line = ''] = await server.output(/(.*Serving flags on 127\.0\.0\.1:\d+.*)\n/);
      expect(JSON.parse(line)).to.include({ level: 'info' }).and.to.have.property('at');
    });

    it('says where a file is at fault', async () => {
      workplace().write('flags.yaml', 'flags:\n  a: [\n');
      const { code, stderr } = await run('serve', 'flags.yaml', '--port', '0');
      expect(stderr).to.match(/^flagsync serve: flags\.yaml:\d:\d: /);
      expect(code).to.equal(1);
    });
  });

  describe('watch', () => {
    it('shows states, pushes, and flags that change with before and after', async () => {
      const file = workplace().write('flags.json', flags);
      const { port, server } = await workplace().serve(file);
      const watching = workplace().start(['watch', '--port', port, '--retry-grace-period', '0']);
      const machine = workplace().start(['watch', '--port', port, '--json']);
      await Promise.all([watching.output(/READY/), machine.output(/READY/)]);
      workplace().write('flags.json', changedFlags);
      await watching.output(
        /ALL: \d+ bytes, applied in [\d.]+ ms; 2 flags, 1 changed\n {2}~ banner\n {6}defaultVariant: "on" → "off"\n/,
      );
      await machine.output(/"flagsChanged":\["banner"\]/);
      await server.end('SIGTERM');
      await Promise.all([watching.output(/ERROR/), machine.output(/STALE/)]);
      expect(await watching.end('SIGINT')).to.include({ code: 0, stderr: '' });

      const { stdout } = await machine.end('SIGTERM');
      expect(stdout).not.to.contain('\x1b');
      const events = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { event: string; changes?: object });
      expect(events.filter(({ event }) => event === 'push')[1]?.changes).to.deep.equal([
        {
          flagKey: 'banner',
          change: 'changed',
          members: [{ member: 'defaultVariant', before: 'on', after: 'off' }],
        },
      ]);
    });

    it('ends after the first push, or when the time is over without one', async () => {
      const { port, server } = await workplace().serve();
      expect(await run('watch', '--once', '--port', port)).to.include({ code: 0, stderr: '' });
      await server.end('SIGTERM');
      expect(await run('watch', '--once', '--timeout', '0.2', '--port', port)).to.include({ code: 1, stderr: '' });
    });
  });

  describe('eval', () => {
    it('shows one flag or all, from a file, for a context', async () => {
      const file = workplace().write('flags.json', flags);
      workplace().write('context.json', { plan: 'pro' });
      const { code, stdout } = await run('eval', '--file', file, '--context', '@context.json');
      expect(stdout).to.equal(
        'FLAG    VALUE  VARIANT  REASON\nbanner  true   on       STATIC\nlimit   1000   large    TARGETING_MATCH\n',
      );
      expect(code).to.equal(0);
      const details = await run('eval', 'limit', '--file', file, '--json');
      expect(JSON.parse(details.stdout)).to.deep.equal({
        flagKey: 'limit',
        value: 10,
        variant: 'small',
        reason: 'DEFAULT',
        flagMetadata: {},
      });
    });

    it('explains', async () => {
      const file = workplace().write('flags.json', flags);
      const context = '{"plan":"pro"}';
      expect((await run('eval', 'limit', '-f', file, '-c', context, '--explain')).stdout).to.match(
        /^limit → large = 1000 \(TARGETING_MATCH\)\n[^]*==/,
      );
      const { stdout } = await run('eval', 'limit', '-f', file, '-c', context, '--explain', '--json');
      expect(JSON.parse(stdout)).to.have.nested.property('resolution.variant', 'large');
    });

    it('takes a context from the input, flags in YAML, and the file of the variables', async () => {
      workplace().write(
        'flags.yaml',
        'flags:\n  a: { state: ENABLED, variants: { x: 1 }, targeting: { var: v } } # !\n',
      );
      const fromInput = workplace().start(['eval', 'a', '-f', 'flags.yaml', '-c', '@-']);
      fromInput.process.stdin.end('{"v":"x"}');
      expect((await fromInput.end()).stdout).to.match(/a +1 +x +TARGETING_MATCH/);
      const variables = { FLAGD_OFFLINE_FLAG_SOURCE_PATH: workplace().write('flags.json', flags) };
      expect((await workplace().start(['eval', 'banner'], variables).end()).stdout).to.match(/banner +true/);
    });

    it('ends with 1 for an answer that is an error, and where there is no server', async () => {
      const file = workplace().write('flags.json', flags);
      const unknown = await run('eval', 'nope', '--file', file);
      expect(unknown.code).to.equal(1);
      expect(unknown.stderr).to.equal('nope: There is no flag "nope".\n');
      const { code, stdout, stderr } = await run('eval', '--port', '1', '--deadline-ms', '200');
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(/^flagsync eval: No flags within 200 ms: localhost:1: nothing listens there.*\n$/);
    });

    it('has colours on a terminal only', async () => {
      const file = workplace().write('flags.json', flags);
      const onTerminal = await workplace().runOnTerminal('eval', '--file', file);
      const head = 'FLAG    VALUE  VARIANT  REASON';
      expect(onTerminal.stdout).to.contain(`\x1b[1m${head}\x1b[22m\n`);
      const { stdout } = await run('eval', '--file', file);
      expect(stdout).to.contain(`${head}\n`).and.not.to.contain('\x1b');
    });

    it('says so where there are no flags', async () => {
      const file = workplace().write('flags.json', { flags: {} });
      expect((await run('eval', '--file', file)).stderr).to.equal('There are no flags.\n');
      expect(await run('eval', '--file', file, '--json')).to.include({ code: 0, stdout: '[]\n' });
    });

    it('gives the terminal no orders from a flag', async () => {
      const file = workplace().write('flags.json', { flags: { 'a\x1b[2J': flags.flags.banner } });
      expect((await run('eval', '--file', file)).stdout).to.match(/^a\\u001b\[2J +true/m);
    });
  });

  describe('diff', () => {
    it('shows what changes by flag and member, and for whom', async () => {
      const { banner, limit } = flags.flags;
      workplace().write('a.json', flags);
      workplace().write('b.json', {
        flags: { limit: { ...limit, variants: { small: 10, large: 2000 }, targeting: { $ref: 'r' } }, fresh: banner },
        $evaluators: { r: { if: [{ '==': [{ var: 'plan' }, 'team'] }, 'large'] } },
      });
      workplace().write('contexts.jsonl', '{"plan":"team"}\n\n{"plan":"free"}\n');
      const { code, stdout } = await run('diff', 'a.json', 'b.json', '--contexts', 'contexts.jsonl');
      expect(stdout).to.contain('- banner\n+ fresh\n    state: "ENABLED"\n');
      expect(stdout).to.contain('~ limit\n    variants/large: 1000 → 2000\n');
      expect(stdout).to.contain('{"plan":"team"}: small → large\n').and.not.to.contain('{"plan":"free"}: small');
      expect(code).to.equal(1);
    });

    it('says of a flag that is broken only that', async () => {
      workplace().write('a.json', flags);
      workplace().write('b.json', {
        flags: { ...flags.flags, banner: { ...flags.flags.banner, defaultVariant: 'x' } },
      });
      const { stdout } = await run('diff', 'a.json', 'b.json');
      expect(stdout).to.match(/^~ banner\n {4}problem: none → "\/flags\/banner\/defaultVariant is .*"\n$/);
    });

    it('compares a file with a server', async () => {
      const file = workplace().write('flags.json', flags);
      workplace().write('new.json', changedFlags);
      const { port } = await workplace().serve(file);
      expect(await run('diff', file, `grpc://localhost:${port}`)).to.deep.equal({ code: 0, stdout: '', stderr: '' });
      const { code, stdout } = await run('diff', 'server', 'new.json', '--port', port, '--json');
      expect(JSON.parse(stdout)).to.have.nested.property('changes[0].flagKey', 'banner');
      expect(code).to.equal(1);
    });
  });

  describe('validate', () => {
    it('names every fault with its place, and warnings apart', async () => {
      workplace().write('flags.json', faulty);
      const { code, stdout, stderr } = await run('validate', 'flags.json', 'gone.json');
      expect(stdout.trimEnd().split('\n')).to.deep.equal([
        'flags.json:3:24: error: /flags/broken/state is "ON"; expected "ENABLED" or "DISABLED"',
        'flags.json:3:57: error: /flags/broken/variants/off is a string; expected a boolean, as "on" is: a flag has one type',
        'flags.json:3:80: error: /flags/broken/defaultVariant is "x"; expected one of "on", "off"',
        'flags.json:4:81: error: /flags/rule/targeting/if/0/foo is an unknown operator',
        'flags.json:4:97: error: /flags/rule/targeting/if/2/$ref refers to the evaluator "gone", which is not there',
        'flags.json:5:63: warning: /flags/reach/variants/never is a variant that nobody gets: neither the default, nor what the targeting can name',
        'flags.json:5:106: error: /flags/reach/targeting/if/2 can give "off", and the flag has no such variant; expected one of "on", "never"',
        `flags.json:6:92: error: /flags/weights/targeting/fractional/0/1 is the weight 0.5, so that the result is null for everyone; expected a whole number`,
        'flags.json:6:102: error: /flags/weights/targeting/fractional/1/1 is the weight -1, which counts as 0; expected 0 or more',
        'flags.json:6:106: warning: /flags/weights/targeting/fractional/2 is a second bucket for "a"',
        'flags.json:8:5: error: "zero" is there twice; the later one counts',
        'flags.json:8:77: error: /flags/zero/targeting/fractional has weights with the sum 0, so that the result is null for everyone',
        'flags.json:10:26: warning: /$evaluators/idle is a named rule that no flag refers to',
        'gone.json: error: there is no such file',
      ]);
      expect(stderr).to.equal('2 files, 11 errors, 3 warnings\n');
      expect(code).to.equal(1);
    });

    it('takes warnings for errors only where it is asked to, and writes JSON', async () => {
      const misspelt = { ...flags.flags.banner, targetting: {} };
      workplace().write('flags.yaml', `flags: ${JSON.stringify({ a: misspelt })} # in one line`);
      const [lenient, strict] = await Promise.all([
        run('validate', 'flags.yaml', '--json'),
        run('validate', 'flags.yaml', '--strict'),
      ]);
      expect(lenient.code).to.equal(0);
      expect(JSON.parse(lenient.stdout)).to.have.property('warnings', 1);
      expect(strict.code).to.equal(1);
      expect(strict.stdout).to.match(/^flags\.yaml:1:\d+: error: \/flags\/a\/targetting .*"targeting" may be meant\n$/);
    });
  });
});
