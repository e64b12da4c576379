import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginConsole } from '../testing/begin-console.ts';

const deployment = '/console/api/deployment';
const json = { 'content-type': 'application/json' };

test('the token of the link begins a session, and what is asked in it reaches the deployment', async () => {
  const { ask, begin, reached } = await beginConsole();
  const session = await begin();
  const answer = await ask({ path: deployment, headers: session });
  expect([answer.status, answer.code, reached()]).toEqual([502, 'no_such_stack', 1]);
});

test('the token is in the fragment of the link, which a browser never sends', async () => {
  const { link, origin, linkToken } = await beginConsole();
  expect(link).toBe(`${origin}/console/#${linkToken}`);
  expect(Buffer.from(linkToken, 'base64url')).toHaveLength(32);
});

test('a link begins one session, and later none', async () => {
  const { exchange, linkToken } = await beginConsole();
  const first = await exchange(linkToken);
  const second = await exchange(linkToken);
  expect([first.status, second.status, second.code]).toEqual([200, 401, 'link_is_used']);
});

test('of many that use a link at the same moment, one gets the session', async () => {
  const { exchange, linkToken } = await beginConsole();
  const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(linkToken)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('the token of the link opens nothing but the session, and that of an earlier console nothing at all', async () => {
  const earlier = await beginConsole();
  const { ask, exchange, linkToken, reached } = await beginConsole();
  const old = await earlier.begin();
  const used = await ask({ path: deployment, headers: { authorization: `Bearer ${linkToken}` } });
  const stale = await ask({ path: deployment, headers: old });
  const staleLink = await exchange(earlier.linkToken);
  expect([used.code, stale.code, staleLink.code, reached()]).toEqual([
    'no_session',
    'no_session',
    'link_is_used',
    0,
  ]);
});

test('no other text than the token of the session is one', async () => {
  const { ask, begin, reached } = await beginConsole();
  const { authorization } = await begin();
  const token = authorization.slice('Bearer '.length);
  const near = fc
    .tuple(fc.nat({ max: token.length - 1 }), fc.constantFrom('', 'A', 'b', '-'))
    .map(([at, other]) => token.slice(0, at) + other + token.slice(at + 1));
  const printable = fc.stringMatching(/^[!-~]{0,80}$/);
  const scheme = fc.constantFrom('Bearer', 'bearer', 'Basic', '');
  await fc.assert(
    fc.asyncProperty(scheme, fc.oneof(near, printable), async (with_, text) => {
      fc.pre(text !== token);
      const headers = { authorization: `${with_} ${text}` };
      const answer = await ask({ path: deployment, headers });
      expect([answer.status, answer.code]).toEqual([401, 'no_session']);
    }),
    { numRuns: 100 },
  );
  expect(reached()).toBe(0);
});

/** All that a request can ask for. */
const questions = [
  ['GET', '/console/'],
  ['GET', '/console/page.js'],
  ['GET', deployment],
  ['POST', '/console/api/session'],
  ['POST', '/console/api/keys'],
  ['GET', '/elsewhere'],
] as const;

test('only the names of the own server are answered: a name that a web page chose for this machine reaches nothing', async () => {
  const { ask, begin, exchange, linkToken, port, reached } = await beginConsole();
  const other = fc.oneof(
    fc.domain(),
    fc.ipV4().filter((address) => address !== '127.0.0.1'),
    fc.constantFrom('127.0.0.1', 'localhost', 'localhost.', '127.0.0.1.nip.io', '[::1]', '0.0.0.0', ''),
    fc.constantFrom('127.0.0.1', 'localhost').map((name) => `evil.example@${name}:${port}`),
  );
  const otherPort = fc.oneof(
    fc.constantFrom('', ':80', `:${port}0`, `:${port}:${port}`, `:0${port}`),
    fc.nat({ max: 65_535 }).map((number) => `:${number}`),
  );
  const hosts = fc
    .tuple(other, fc.oneof(otherPort, fc.constant(`:${port}`)))
    .map(([name, ending]) => `${name}${ending}`)
    // Node sends the true name in place of an empty one.
    .filter((host) => !['', `127.0.0.1:${port}`, `localhost:${port}`].includes(host));
  expect((await exchange(linkToken, { host: `evil.example:${port}` })).code).toBe('foreign_request');
  const session = await begin();
  await fc.assert(
    fc.asyncProperty(hosts, fc.constantFrom(...questions), async (host, [method, path]) => {
      const body = method === 'POST' ? { body: '{}' } : {};
      const answer = await ask({ method, path, headers: { ...session, ...json, host }, ...body });
      // A host that cannot be one is refused before that.
      expect([403, 400]).toContain(answer.status);
      expect(answer.text).not.toContain('<html');
    }),
    { numRuns: 200 },
  );
  expect(reached()).toBe(0);
});

test('the server answers by both of its names', async () => {
  const { ask, port } = await beginConsole();
  for (const name of ['127.0.0.1', 'localhost']) {
    const answer = await ask({ path: deployment, headers: { host: `${name}:${port}` } });
    expect(answer.code).toBe('no_session');
  }
});

test('a page of another origin reaches nothing, even with the tokens', async () => {
  const { ask, begin, exchange, linkToken, origin, port, reached } = await beginConsole();
  const origins = fc.oneof(
    fc.webUrl().map((url) => new URL(url).origin),
    fc.nat({ max: 65_535 }).map((other) => `http://127.0.0.1:${other}`),
    // Of the same server, by its other name or with another scheme.
    fc.constantFrom(
      'null',
      '',
      `https://127.0.0.1:${port}`,
      `http://localhost:${port}`,
      `${origin}/`,
      `${origin}.evil.example`,
    ),
  );
  expect((await exchange(linkToken, { origin: 'https://evil.example' })).code).toBe('foreign_request');
  const session = await begin();
  await fc.assert(
    fc.asyncProperty(
      origins.filter((each) => each !== origin),
      async (foreign) => {
        const read = await ask({ path: deployment, headers: { ...session, origin: foreign } });
        const change = await ask({
          method: 'POST',
          path: '/console/api/keys',
          headers: { ...session, ...json, origin: foreign },
          body: JSON.stringify({ name: 'stolen', team: 'acme' }),
        });
        expect([read.code, change.code]).toEqual(['foreign_request', 'foreign_request']);
      },
    ),
    { numRuns: 100 },
  );
  expect(reached()).toBe(0);
});

test.each(['cross-site', 'same-site', 'anything'])(
  'what a browser calls %s reaches nothing, even with the tokens and without an origin',
  async (site) => {
    const { ask, begin, reached } = await beginConsole();
    const headers = { ...(await begin()), 'sec-fetch-site': site };
    expect((await ask({ path: deployment, headers })).code).toBe('foreign_request');
    expect(reached()).toBe(0);
  },
);

test.each([
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/plain; application/json',
  'application/jsonp',
  undefined,
])('a form cannot change anything: a body of the type %s is refused', async (type) => {
  const { ask, begin, reached } = await beginConsole();
  const answer = await ask({
    method: 'POST',
    path: '/console/api/keys',
    headers: { ...(await begin()), ...(type !== undefined && { 'content-type': type }) },
    body: '{"name":"stolen","team":"acme"}',
  });
  expect([answer.status, answer.code, reached()]).toEqual([415, 'not_json', 0]);
});

test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])(
  'a change is asked for with POST alone: %s is not found',
  async (method) => {
    const { ask, begin, reached } = await beginConsole();
    const answer = await ask({
      method,
      path: '/console/api/keys/acme-app/revoke',
      headers: { ...(await begin()), ...json },
    });
    expect([answer.status, reached()]).toEqual([404, 0]);
  },
);

test('no question of a browser before a request is answered, so no other origin may send one', async () => {
  const { ask, origin } = await beginConsole();
  const { headers } = await ask({
    method: 'OPTIONS',
    path: deployment,
    headers: {
      origin: 'https://evil.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    },
  });
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  const own = await ask({ path: deployment, headers: { origin } });
  expect(own.headers['access-control-allow-origin']).toBeUndefined();
});

test('every answer forbids other pages, other servers and every cache to use it', async () => {
  const { ask, begin } = await beginConsole();
  const session = await begin();
  const answers = [
    await ask({ path: '/console/' }),
    await ask({ path: '/console' }),
    await ask({ path: deployment }),
    await ask({ path: deployment, headers: session }),
    await ask({ path: '/console/api/nothing', headers: session }),
    await ask({ path: '/elsewhere' }),
    await ask({ headers: { host: 'evil.example' } }),
  ];
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'$/,
      ),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['set-cookie']).toBeUndefined();
  }
});

test('the page is there without a session, and its files are no way to others', async () => {
  const { ask } = await beginConsole();
  const page = await ask({});
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const paths = fc
    .array(
      fc.constantFrom(
        '..',
        '.',
        '%2e%2e',
        '%2E.',
        '..%2f',
        '..%5c',
        '..\\',
        '%00',
        'page.ts',
        'package.json',
        'etc',
        'passwd',
        '%252e%252e',
      ),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .chain((parts) => fc.constantFrom('/', '//', '%2f', '\\').map((between) => parts.join(between)));
  await fc.assert(
    fc.asyncProperty(paths, async (path) => {
      const answer = await ask({ path: `/console/${path}` });
      // A path may lead back to the page itself.
      if (answer.status === 200) expect(answer.text).toBe(page.text);
      else expect(['no_such_page', 'no_session', undefined]).toContain(answer.code);
    }),
    { numRuns: 200 },
  );
});

test('a request that cannot be read is refused with what is wrong, and never with what is in it', async () => {
  const { ask, begin, faults } = await beginConsole();
  const session = await begin();
  const bodies = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constantFrom('', '{', 'null', '[]', '{"name":7}', '{"team":"canary-5f1e","nmae":"canary-5f1e"}'),
  );
  const paths = fc.constantFrom('teams', 'keys', 'limits', 'keys/a/rotate', 'keys/a/expire', 'session');
  await fc.assert(
    fc.asyncProperty(paths, bodies, async (path, body) => {
      const answer = await ask({
        method: 'POST',
        path: `/console/api/${path}`,
        headers: { ...session, ...json },
        body,
      });
      expect([answer.status, answer.code]).toEqual([400, 'invalid_request']);
      expect(answer.text).not.toContain('canary-5f1e');
    }),
    { numRuns: 200 },
  );
  expect(faults).toEqual([]);
});

test('what AWS refuses is said in its words with what to do', async () => {
  const denied = Object.assign(
    new Error('User: arn:aws:iam::1:user/ada is not authorized to perform: dynamodb:Query'),
    {
      name: 'AccessDeniedException',
    },
  );
  const { ask, begin, faults } = await beginConsole(denied);
  const answer = await ask({ path: deployment, headers: await begin() });
  expect([answer.status, answer.code, faults]).toEqual([502, 'aws_failed', []]);
  expect(JSON.parse(answer.text).error).toMatchObject({
    message: expect.stringContaining('dynamodb:Query'),
    advice: expect.stringContaining('permissions'),
  });
});

test('of a failure that nothing knows, the page learns only that, and the terminal the kind and the place', async () => {
  const { ask, begin, faults } = await beginConsole(new RangeError('canary-22f0'));
  const answer = await ask({ path: deployment, headers: await begin() });
  expect([answer.status, answer.code]).toEqual([500, 'internal']);
  expect(faults).toEqual([expect.stringMatching(/^The console failed: RangeError\n +at /)]);
  expect(answer.text + faults.join()).not.toContain('canary-22f0');
});

test('a body of more than 10 MB is refused, and not kept', async () => {
  const { ask, begin } = await beginConsole();
  const answer = await ask({
    method: 'POST',
    path: '/console/api/teams',
    headers: { ...(await begin()), ...json, 'content-length': String(10_485_761) },
    body: ' '.repeat(10_485_761),
  });
  expect([answer.status, answer.code]).toEqual([413, 'too_large']);
});
