import { Agent, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * Stands for the native part of aws-lambda-ric, AWS's runtime client for Node: it takes events from Lambda's Runtime API
 * and posts their answers. It has the same interface: `next`, `done` and `error`. The native one posts before it returns; here
 * the next event waits until the answer is posted.
 *
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/native/rapid-client.cc
 */
const agent = new Agent({ keepAlive: true });
let posting: Promise<unknown> = Promise.resolve();

export async function next(): Promise<{ bodyJson: string; headers: IncomingHttpHeaders }> {
  await posting;
  const { body, headers } = await send('next', { method: 'GET' });
  return { bodyJson: body, headers };
}

/** @param id Encoded for a path. */
export function done(id: string, body: string): void {
  posting = send(`${id}/response`, json, body);
}

/** @param id Encoded for a path. */
export function error(id: string, body: string, xrayCause: string): void {
  const headers = { ...json.headers, 'lambda-runtime-function-xray-error-cause': xrayCause };
  posting = send(`${id}/error`, { ...json, headers }, body);
}

const json = { method: 'POST', headers: { 'content-type': 'application/json' } } as const;

function send(
  path: string,
  options: RequestOptions,
  body?: string,
): Promise<{ body: string; headers: IncomingHttpHeaders }> {
  const url = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation/${path}`;
  return new Promise((resolve, reject) => {
    request(url, { agent, ...options }, (response) => {
      text(response).then((received) => resolve({ body: received, headers: response.headers }), reject);
    })
      .on('error', reject)
      .end(body);
  });
}
