export { type ConsoleApi, createConsole } from './server/console.ts';
