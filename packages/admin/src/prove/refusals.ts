import { type ErrorCode, headers } from '@org/contract';
import { Broken, NotShown } from './broken.ts';
import type { Proof, Subject } from './proof.ts';
import { describe, type Request, refusal } from './target.ts';

/** A call that has to be refused before a model is called, and the code that says why. */
interface Refusal {
  readonly name: string;
  readonly statement: string;
  readonly code: ErrorCode;
  readonly request: (subject: Subject) => Request;
}

const path = '/bedrock';
const unknownKey = 'a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3e4f5a0b1';
const megabyte = 1_000_000;

const asking = ({ key, canary, models: { chat } }: Subject, fields: object = {}): Request => ({
  path,
  key,
  body: { model: chat, question: `Say yes. ${canary}`, maxTokens: 1, ...fields },
});

/** Calls that are refused before a model is called, each with its code, its status and a request id. */
const refusals: readonly Refusal[] = [
  {
    name: 'no-key',
    statement: 'A request without a key is refused',
    code: 'unauthenticated',
    request: (subject) => ({ ...asking(subject), key: undefined }),
  },
  {
    name: 'wrong-key',
    statement: 'A key that was never made is refused',
    code: 'unauthenticated',
    request: (subject) => ({ ...asking(subject), key: unknownKey }),
  },
  {
    name: 'wrong-path',
    statement: 'A path that does not exist is refused',
    code: 'unknown_route',
    request: ({ key }) => ({ path: '/nowhere', key, body: {} }),
  },
  {
    name: 'broken-json',
    statement: 'A body that is not JSON is refused',
    code: 'invalid_json',
    request: (subject) => ({ ...asking(subject), body: `{"model":"${subject.canary}` }),
  },
  {
    name: 'wrong-field',
    statement: 'An unknown field is refused by its name',
    code: 'invalid_request',
    request: (subject) => asking(subject, { max_tokens: subject.canary }),
  },
  {
    name: 'unknown-model',
    statement: 'A model that is not offered is refused',
    code: 'unknown_model',
    request: (subject) => asking(subject, { model: 'no-such-model' }),
  },
  {
    name: 'forbidden-model',
    statement: 'A model of another plan is refused',
    code: 'model_not_allowed',
    request: (subject) => {
      const { forbidden } = subject.models;
      if (forbidden === undefined) throw new NotShown('the plan has every model of the config');
      return asking(subject, { model: forbidden });
    },
  },
  {
    name: 'too-large',
    statement: 'A body of 7 MB is refused',
    code: 'request_too_large',
    request: (subject) => asking(subject, { question: 'x'.repeat(7 * megabyte) }),
  },
];

export const refusalProofs: readonly Proof[] = [
  ...refusals.map(
    ({ name, statement, code, request }): Proof => ({
      name,
      statement,
      async check(subject) {
        const reply = await subject.target.send(request(subject));
        refusal(reply, code);
        return `${reply.status} ${code}`;
      },
    }),
  ),
  {
    name: 'far-too-large',
    statement: 'A body of 11 MB, which API Gateway does not take, is refused',
    async check({ target, key }) {
      const body = JSON.stringify({ question: 'x'.repeat(11 * megabyte) });
      const reply = await target.send({ path, key, body }).catch((error: unknown) => {
        // That is how fetch reports a connection that ends before all is sent.
        if (error instanceof TypeError) throw new NotShown('the connection was closed before an answer');
        throw error;
      });
      if (reply.status !== 413) throw new Broken(`answered ${describe(reply)}, and not 413`);
      return `413 ${reply.headers.get('content-type')}`;
    },
  },
  {
    name: 'cors',
    statement: 'Pages of the origins in the config may call the API, and no others',
    async check({ target, deployment: { config } }) {
      const allowed = async (origin: string) => {
        const reply = await target.send({
          method: 'OPTIONS',
          path,
          headers: { origin, 'access-control-request-method': 'POST' },
        });
        return reply.headers.get('access-control-allow-origin');
      };
      const origins = config.cors?.origins ?? [];
      for (const origin of origins) {
        const answer = await allowed(origin);
        if (answer !== origin) throw new Broken(`allows ${answer ?? 'no origin'} to a page of ${origin}`);
      }
      const answer = await allowed(strangeOrigin);
      if (answer === strangeOrigin || answer === '*') throw new Broken(`allows a page of ${strangeOrigin}`);
      return origins.length === 0 ? 'no page may' : `pages of ${origins.join(', ')} may`;
    },
  },
  {
    name: 'throttle',
    statement: 'More requests at once than the burst of the plan are refused, with the seconds to wait',
    async check({ deployment: { config, now }, plan, key, target }) {
      const { burst = 0, rate = 0 } = config.plans[plan]?.throttle ?? {};
      const started = now();
      for (let sent = 0; ; ) {
        const wave = Math.min(mostAtOnce, burst + 20);
        const replies = await Promise.all(
          Array.from({ length: wave }, () => target.sendOnce({ method: 'GET', path: '/models', key })),
        );
        sent += wave;
        const seconds = (now() - started) / 1000;
        const refused = replies.filter(({ status }) => status !== 200);
        for (const reply of refused) refusal(reply, 'rate_limited');
        const [first] = refused;
        if (first) {
          if (!/^\d+$/.test(first.headers.get(headers.retryAfter) ?? ''))
            throw new Broken(`sent no ${headers.retryAfter}`);
          return `${sent} requests were too many for a burst of ${burst}`;
        }
        // API Gateway keeps throttles with best effort, so they get twice as many.
        if (sent > 2 * (burst + rate * seconds) + 20) {
          throw new Broken(`answered all of ${sent} in ${Math.ceil(seconds)} s, with a burst of ${burst}`);
        }
        if (seconds > mostThrottleSeconds) {
          throw new NotShown(
            `this machine sends ${Math.round(sent / seconds)} requests a second, and the plan allows ${rate}`,
          );
        }
      }
    },
  },
];

/** So many connections to one API open well from one machine. */
const mostAtOnce = 100;

const mostThrottleSeconds = 30;

/** An origin that no config has: the name is reserved. https://www.rfc-editor.org/rfc/rfc2606 */
const strangeOrigin = 'https://prove.invalid';
