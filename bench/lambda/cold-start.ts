/**
 * One cold start: imports a function and calls it once. Prints the milliseconds of both.
 *
 *   node cold-start.mjs FILE EVENT
 */
const [file = '', event = ''] = process.argv.slice(2);
Object.assign(globalThis, {
  awslambda: { streamifyResponse: <Handler>(handler: Handler): Handler => handler },
});
const context = { getRemainingTimeInMillis: () => 29_000 };
const input: unknown = JSON.parse(event);

const started = performance.now();
const { handler } = await import(file);
const imported = performance.now();
const answer = await handler(input, context);
const called = performance.now();
if (answer?.statusCode >= 400) throw new Error(answer.body);
process.stdout.write(`${JSON.stringify({ import: imported - started, call: called - imported })}\n`, () =>
  // Not waiting for connections that are kept alive.
  process.exit(),
);
