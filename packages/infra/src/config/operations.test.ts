import { expect, test } from 'vitest';
import { config, issuesOf } from '../testing/config-under-test.ts';
import { parseProxyConfig } from './config.ts';

test.each([
  [{ alarms: true }, { alarms: {} }],
  [{ alarms: false }, { alarms: false }],
  [{ alarms: { email: 'operators@example.com' } }, { alarms: { email: 'operators@example.com' } }],
  [{ waf: true }, { waf: {} }],
  [{ waf: { rateLimit: 100 } }, { waf: { rateLimit: 100 } }],
  [{ dashboard: false }, { dashboard: false }],
  [{ warnAt: [] }, { warnAt: [] }],
  [{ warnAt: [50, 100] }, { warnAt: [50, 100] }],
  [{ concurrency: 0 }, { concurrency: 0 }],
  [{ memoryMb: 1024 }, { memoryMb: 1024 }],
  [{ stageThrottle: { rate: 5, burst: 10 } }, { stageThrottle: { rate: 5, burst: 10 } }],
  [{ removalPolicy: 'destroy' }, { removalPolicy: 'destroy' }],
  [
    { tags: { Team: 'platform/ai', 'cost:centre': '' } },
    { tags: { Team: 'platform/ai', 'cost:centre': '' } },
  ],
  [
    { cors: { origins: ['https://app.example.com', 'http://localhost:3000'] } },
    { cors: { origins: ['https://app.example.com', 'http://localhost:3000'] } },
  ],
])('%j is accepted', (given, expected) => {
  const parsed = parseProxyConfig({ ...config, ...given });
  expect(parsed).toMatchObject(expected);
  expect(parseProxyConfig(parsed)).toEqual(parsed);
});

const origin = /must be an origin such as https:\/\/app\.example\.com, without a path/;

test.each<[fault: string, change: object, path: string, fix: RegExp]>([
  ['alarms of another kind', { alarms: 'yes' }, 'alarms', /must be an object or true or false/],
  [
    'an address that is none',
    { alarms: { email: 'operators' } },
    'alarms.email',
    /must be an e-mail address/,
  ],
  ['an unknown setting of alarms', { alarms: { mail: 'a@b.c' } }, 'alarms.mail', /did you mean "email"/],
  ['a warning at nothing', { warnAt: [80, 0] }, 'warnAt.1', /at least 1, in percent/],
  ['a warning above the limit', { warnAt: [101] }, 'warnAt.0', /at most 100, in percent/],
  ['a share twice', { warnAt: [80, 80] }, 'warnAt', /must not have a share twice/],
  ['a ceiling below zero', { concurrency: -1 }, 'concurrency', /0 or more/],
  ['half a call', { concurrency: 1.5 }, 'concurrency', /whole number/],
  ['more memory than there is', { memoryMb: 20_000 }, 'memoryMb', /10,240/],
  [
    'a throttle for all keys that is slower than a plan',
    { stageThrottle: { rate: 4, burst: 10 } },
    'stageThrottle.rate',
    /below the 5 requests a second .* plan starter .*; raise it to 5 or lower plans\.starter\.throttle\.rate/,
  ],
  [
    'a throttle for all keys that takes fewer at once than a plan',
    { stageThrottle: { rate: 5, burst: 9 } },
    'stageThrottle.burst',
    /below the 10 requests at once .* plan starter/,
  ],
  [
    'a throttle for all keys without a burst',
    { stageThrottle: { rate: 5 } },
    'stageThrottle.burst',
    /is missing/,
  ],
  ['an unknown removal policy', { removalPolicy: 'snapshot' }, 'removalPolicy', /one of "retain", "destroy"/],
  ["a tag of AWS's own", { tags: { 'aws:x': '1' } }, 'tags.aws:x', /must not start with aws:/],
  ['a tag that is set already', { tags: { Stage: 'x' } }, 'tags.Stage', /is set from the name and the stage/],
  ['a tag that CloudFormation would compute', { tags: { 'Fn::Sub': 'x' } }, 'tags.Fn::Sub', /choose another/],
  ['a tag with a strange value', { tags: { Team: 'a, b' } }, 'tags.Team', /at most 256 letters/],
  ['a rate below what AWS WAF takes', { waf: { rateLimit: 5 } }, 'waf.rateLimit', /at least 10/],
  ['no origins', { cors: { origins: [] } }, 'cors.origins', /at least one origin/],
  ['an origin with a path', { cors: { origins: ['https://a.example.com/'] } }, 'cors.origins.0', origin],
  ['an origin without a scheme', { cors: { origins: ['a.example.com'] } }, 'cors.origins.0', origin],
  ['every origin', { cors: { origins: ['*'] } }, 'cors.origins.0', /name each one/],
])('%s is refused, naming the field and the fix', (_fault, change, path, fix) => {
  expect(issuesOf({ ...config, ...change })).toEqual([{ path, message: expect.stringMatching(fix) }]);
});
