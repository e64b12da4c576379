/** Runs a compiled conversation. The gateway's address is in the environment. */
const [program = ''] = process.argv.slice(2);
const { converse } = await import(program);
process.stdout.write(JSON.stringify(await converse()));
