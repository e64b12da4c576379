// What is in node_modules/.bin runs on the Node beside it: the pinned one, where it is installed and starts.
import { spawnSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const target = '../../tools/node/node_modules/.bin/node';
const link = new URL('../node_modules/.bin/node', import.meta.url);

rmSync(link, { force: true });
const { status } = spawnSync(fileURLToPath(new URL(target, link)), ['--version']);
if (status === 0) symlinkSync(target, link);
