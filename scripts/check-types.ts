import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';

// The native compiler, because it is much faster. Version 6 is for what reads the compiler's API.
const compiler = 'node_modules/typescript-7/bin/tsc';
// More checkers than cores only repeat each other's work.
const checkers = String(Math.min(4, availableParallelism()));
// Memory is freed a quarter as often, which needs a fifth less of the processor and a tenth more memory.
const env = { ...process.env, GOGC: '400' };
const faulty = globSync(['tsconfig.json', 'packages/*/tsconfig.json']).filter(
  (project) =>
    spawnSync(process.execPath, [compiler, '-p', project, '--checkers', checkers], { stdio: 'inherit', env })
      .status !== 0,
);
if (faulty.length > 0) process.exitCode = 1;
