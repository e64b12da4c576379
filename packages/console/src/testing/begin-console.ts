import { request } from 'node:http';
import { AdminError } from '@org/admin';
import { onTestFinished } from 'vitest';
import { serveConsole } from '../server/serve.ts';

export interface Asked {
  readonly method?: string;
  /** As it is sent: nothing is resolved or encoded. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The code of a failure. */
  readonly code: string | undefined;
}

/**
 * A console in front of a deployment that is not there: a request that gets as far as asking for it has reached it.
 *
 * @param failure Why it is not there.
 */
export async function beginConsole(
  failure: Error = new AdminError('no_such_stack', {
    ...{ stack: 'proxy-dev', region: 'eu-west-1', account: undefined },
  }),
) {
  const faults: string[] = [];
  let reached = 0;
  const { link, close } = await serveConsole({
    port: 0,
    place: 'aws',
    open: async () => {
      reached += 1;
      throw failure;
    },
    onFault: (fault) => faults.push(fault),
  });
  onTestFinished(close);
  const { port, hash } = new URL(link);
  const linkToken = hash.slice(1);

  /** Sends one request, with no header that it does not name but `Host`. */
  const ask = ({ method = 'GET', path = '/console/', headers = {}, body }: Asked): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece) => {
          text += piece;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code: codeIn(text) }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });

  const exchange = (token: string, headers: Readonly<Record<string, string>> = {}) =>
    ask({
      method: 'POST',
      path: '/console/api/session',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ token }),
    });

  /** Begins the session, as the page does. */
  const begin = async (): Promise<{ readonly authorization: string }> => {
    const { text } = await exchange(linkToken);
    const { token }: { token: string } = JSON.parse(text);
    return { authorization: `Bearer ${token}` };
  };
  return {
    ...{ port, origin: `http://127.0.0.1:${port}`, link, linkToken, faults, ask, exchange, begin },
    /** How often somebody got as far as the deployment. */
    reached: () => reached,
  };
}

function codeIn(text: string): string | undefined {
  if (!text.startsWith('{"error"')) return undefined;
  const { error }: { error: { code: string } } = JSON.parse(text);
  return error.code;
}
