import { routes } from '@org/contract';
import { expect, test } from 'vitest';
import { type Reply, sharedSystems } from './harness.ts';

const shared = sharedSystems();

const allowed = ['https://app.example.com', 'http://localhost:3000'];
const stranger = 'https://evil.example.com';
const question = { model: 'llama', question: 'What is a dystopia' };

const allowedOrigin = ({ headers }: Reply) => headers.get('access-control-allow-origin');
const exposed = ({ headers }: Reply) => headers.get('access-control-expose-headers')?.split(',');

const preflight = (origin: string, method: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'content-type,authorization',
  },
});

test.each(allowed)('a page of %s may ask every route, and nothing runs', async (origin) => {
  const { send, logs } = await shared('web');
  for (const { method, path } of Object.values(routes)) {
    const reply = await send({ ...preflight(origin, method), path });
    expect(reply.status).toBe(204);
    expect(allowedOrigin(reply)).toBe(origin);
    expect(reply.headers.get('access-control-allow-methods')).toBe(method);
    expect(reply.headers.get('access-control-allow-headers')?.split(',')).toContain('authorization');
    expect(reply.headers.get('vary')).toBe('Origin');
  }
  expect(logs).toEqual([]);
});

test('a page of another origin is not let in', async () => {
  const { send, keyValue } = await shared('web');
  const asked = await send(preflight(stranger, 'POST'));
  expect(allowedOrigin(asked)).toBe(allowed[0]);
  const answered = await send({ key: keyValue('tollmkey'), headers: { origin: stranger }, body: question });
  expect(allowedOrigin(answered)).toBeNull();
});

test.each(allowed)('a page of %s may read answers and the errors of the function', async (origin) => {
  const { send, keyValue } = await shared('web');
  const ask = (body: object) => send({ key: keyValue('tollmkey'), headers: { origin }, body });
  for (const [reply, status] of [
    [await ask(question), 200],
    [await ask({ ...question, question: '' }), 400],
  ] as const) {
    expect(reply.status).toBe(status);
    expect(allowedOrigin(reply)).toBe(origin);
    expect(exposed(reply)).toContain('x-request-id');
  }
});

test('every page may read an error that API Gateway makes', async () => {
  const { send } = await shared('web');
  const reply = await send({ key: 'x'.repeat(40), headers: { origin: stranger }, body: question });
  expect(reply.error().code).toBe('unauthenticated');
  expect(allowedOrigin(reply)).toBe('*');
  expect(exposed(reply)).toContain('x-request-id');
  expect(reply.headers.get('x-request-id')).toMatch(/\S/);
});
