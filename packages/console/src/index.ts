export { type Console, type ConsoleOptions, consolePath, createConsole } from './server/console.ts';
export { ConsolePortInUseError, type ServedConsole, serveConsole } from './server/serve.ts';
