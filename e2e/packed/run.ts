/** Runs a compiled conversation. The environment says where the gateway is. */
const [program = ''] = process.argv.slice(2);
const { converse } = await import(program);
process.stdout.write(JSON.stringify(await converse()));
