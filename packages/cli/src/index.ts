import { run } from './program.ts';
import { endWithReader, processTerminal } from './terminal.ts';

endWithReader(process.stdout, process.stderr);
process.exitCode = await run(process.argv.slice(2), processTerminal, Date.now);
