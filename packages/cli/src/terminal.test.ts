import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { anyJson } from '@org/lambda/testing/fuzz';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guarded } from './terminal.ts';

test('a reader that closes the pipe ends the command quietly', async () => {
  const args = ['--conditions=@org/source', join(import.meta.dirname, 'index.ts'), 'models', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ said, code }).toEqual({ said: '', code: 141 });
});

test('no control character reaches the terminal, whatever it is in; colours and lines do', async () => {
  const { terminal, said } = fakeTerminal();
  const red = '\u001b[31mred\u001b[39m';
  const odd = 'acme\u001b]52;c;aGk=\u0007\u009b2J\u001b[2J\u202e\ufeff\r\0\ud800';
  terminal.print(`${red}\t${odd}\nnext`);
  terminal.note(odd);
  await terminal.confirm(odd);
  const shown = 'acme\\u001b]52;c;aGk=\\u0007\\u009b2J\\u001b[2J\\u202e\\ufeff\\u000d\\u0000\\ud800';
  expect(said).toEqual([`${red}\t${shown}\nnext`, shown, shown]);
});

test('JSON output is still JSON', () => {
  fc.assert(
    fc.property(anyJson, (json) => {
      const { terminal, said } = fakeTerminal();
      terminal.print(JSON.stringify(json, null, 2));
      expect(JSON.parse(said[0] ?? '')).toEqual(JSON.parse(JSON.stringify(json)));
      expect(said[0]?.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
  );
});

function fakeTerminal() {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const terminal = guarded({
    print: say,
    write: say,
    note: say,
    paint: (_, text) => text,
    confirm: async (question) => say(question),
    ask: undefined,
  });
  return { terminal, said };
}
