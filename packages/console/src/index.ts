export {
  type Console,
  type ConsoleApi,
  type ConsoleOptions,
  consolePath,
  createConsole,
} from './server/console.ts';
export {
  ConsolePortInUseError,
  type ServedConsole,
  type ServeOptions,
  serveConsole,
} from './server/serve.ts';
