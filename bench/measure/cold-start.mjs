/**
 * One cold start: imports a file and calls it once. Prints the milliseconds of both. It is no TypeScript, so that
 * nothing is loaded for it.
 *
 *   node cold-start.mjs FILE ARGUMENT
 *
 * The argument is JSON: the URL that a client's `connect` is given, or the event of a function's `handler`.
 */
const [file = '', text = ''] = process.argv.slice(2);
Object.assign(globalThis, { awslambda: { streamifyResponse: (handler) => handler } });
const argument = JSON.parse(text);
const context = { getRemainingTimeInMillis: () => 29_000 };

const started = performance.now();
const { connect, handler } = await import(file);
const imported = performance.now();
const answer = await (connect ? connect(argument).ask() : handler(argument, context));
const called = performance.now();
if (answer?.statusCode >= 400) throw new Error(answer.body);
process.stdout.write(`${JSON.stringify({ import: imported - started, call: called - imported })}\n`, () =>
  // Not waiting for connections that are kept alive.
  process.exit(),
);
