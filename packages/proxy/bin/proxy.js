#!/usr/bin/env node
// An older Node reads this too, so that it can say what is missing.
const oldest = [22, 18];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  process.stderr.write(
    `error: @org/bedrock-proxy needs Node ${oldest.join('.')} or newer, and this is ${process.version}.\n` +
      'It loads proxy.config.ts as TypeScript, which older versions do not do. Install a newer Node: https://nodejs.org\n',
  );
  process.exit(1);
}
import('../dist/cli.js');
