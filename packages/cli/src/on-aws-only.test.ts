import { expect, test } from 'vitest';
import { run } from './program.ts';
import { recordingTerminal } from './testing/recording-terminal.ts';

async function proxy(...args: string[]) {
  const terminal = recordingTerminal();
  const code = await run(args, terminal, () => 0);
  return { code, printed: terminal.printed.join('\n'), noted: terminal.noted.join('\n') };
}

test.each([
  [['dev'], /--once.*--local.*Examples:/s],
  [['config'], /check/],
  [['config', 'check'], /\[file\].*Examples:/s],
  [['doctor'], /changes nothing.*--json.*Examples:|--json.*changes nothing.*Examples:/s],
  [['synth'], /neither network nor AWS account.*Example:/s],
  [['diff'], /--fail.*Changes nothing/s],
  [['deploy'], /--yes.*--show-keys.*--set-log-role.*Examples:/s],
  [['destroy'], /--yes.*says what stays/is],
])('proxy %j --help teaches', async (command, text) => {
  const { code, printed } = await proxy(...command, '--help');
  expect(printed).toMatch(text);
  expect(code).toBe(0);
});

test.each(['doctor', 'diff', 'deploy', 'destroy'])(
  '%s is about AWS, and says so of --local',
  async (command) => {
    const { code, noted } = await proxy(command, '--local');
    expect(noted).toMatch(/about AWS.*npm run proxy -- dev$/s);
    expect(code).toBe(1);
  },
);
