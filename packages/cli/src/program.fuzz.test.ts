import { oddText, runs } from '@org/lambda/testing/fuzz';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runRecorded } from './testing/recording-terminal.ts';

/** Words of the read-only commands, and options of all commands; there is no deployment. */
const words = fc.constantFrom(
  ...['config', 'check', 'models', 'teams', 'list', 'show'],
  ...['keys', 'usage', 'create', 'rotate', 'revoke', 'move'],
  ...['--help', '-h', '--json', '--yes', '--team', 'acme', '--limit', 'usd/month=1'],
  ...['tokens/day=-1', '--month', '2026-11', '--plan', '--now', '--overlap', '1h'],
  ...['--from', 'no.json', '--replaced', '--', '-', '--config'],
);

test('any command line ends with an exit code and a message, and never with a stack', async () => {
  const typed = fc.array(fc.oneof({ weight: 5, arbitrary: words }, { weight: 1, arbitrary: oddText }), {
    maxLength: 7,
  });
  await fc.assert(
    fc.asyncProperty(typed, async (args) => {
      // Nothing listens there, so that nothing can be changed.
      const { code, printed, noted } = await runRecorded(['--local=http://127.0.0.1:1', ...args]);
      const said = printed + noted;
      expect([0, 1, 2]).toContain(code);
      expect(said).not.toBe('');
      expect(said).not.toMatch(/^ {4}at /m);
      if (code !== 0) expect(noted).not.toBe('');
    }),
    runs(100),
  );
});
