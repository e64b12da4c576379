/**
 * One cold start: imports a file and calls it once. Prints the milliseconds of both and, if it is called more
 * often, the MiB of the process after that. It is plain JavaScript, so that Node loads nothing extra for it.
 *
 *   node cold-start.mjs FILE ARGUMENT [CALLS]
 *
 * The argument is JSON: the URL that a client's `connect` is given, or the event of a function's `handler`.
 */
import { Writable } from 'node:stream';

const [file = '', text = '', calls = '1'] = process.argv.slice(2);
let status = 200;
Object.assign(globalThis, {
  awslambda: {
    streamifyResponse: (handler) => handler,
    HttpResponseStream: {
      from(stream, { statusCode }) {
        status = statusCode;
        return stream;
      },
    },
  },
});
const argument = JSON.parse(text);
const context = { getRemainingTimeInMillis: () => 900_000 };
const responseStream = () => new Writable({ write: (_chunk, _encoding, done) => done() });

const started = performance.now();
const { connect, handler } = await import(file);
const imported = performance.now();
const client = connect?.(argument);
const call = () => (client ? client.ask() : handler(argument, responseStream(), context));
await call();
const called = performance.now();
for (let again = 1; again < Number(calls); again += 1) await call();
if (status >= 400) throw new Error(`It answered ${status}.`);
const memory = process.memoryUsage().rss / 2 ** 20;
process.stdout.write(
  `${JSON.stringify({ import: imported - started, call: called - imported, memory })}\n`,
  // Not waiting for connections that are kept alive.
  () => process.exit(),
);
