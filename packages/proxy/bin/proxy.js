#!/usr/bin/env node
// An older Node reads this too, so that it can say what is missing.
const oldest = [22, 18];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  process.stderr.write(
    `error: @org/bedrock-proxy needs Node ${oldest.join('.')} or newer, and this is ${process.version}.\n` +
      'It loads proxy.config.ts as TypeScript, which older versions do not do. Install a newer Node: https://nodejs.org\n',
  );
  process.exit(1);
}
import('node:module').then(({ enableCompileCache }) => {
  // The CDK is 10 MB of code; later commands need not compile it again.
  enableCompileCache();
  return import('../dist/cli.js');
});
