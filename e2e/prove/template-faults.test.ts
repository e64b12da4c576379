import { proofNames } from '@org/admin';
import type { Template } from '@org/local';
import { expect, test, vi } from 'vitest';
import type { ConfigName } from '../configs.ts';
import { editResources, without, withoutProperty, withoutResponse } from '../edit-template.ts';
import { named, startProving } from './proving.ts';

// A run has some two hundred requests, and a busy machine is slow.
vi.setConfig({ testTimeout: 180_000 });

type Properties = Readonly<Record<string, unknown>>;

/** Sets properties of every resource of a type, or of those whose logical id matches. */
const set = (type: string, changes: Properties, which = /./) =>
  editResources(type, (properties, id) => (which.test(id) ? { ...properties, ...changes } : properties));

/** Edits the integration of every method whose logical id matches. */
const integrate = (which: RegExp, edit: (integration: Properties) => Properties) =>
  editResources('AWS::ApiGateway::Method', (properties, id) =>
    which.test(id) ? { ...properties, Integration: edit(Object(properties['Integration'])) } : properties,
  );

/** Calls the authorizer where the proxy should be called. */
const toAuthorizer = (which: RegExp) => (template: Template) => {
  const ids = Object.keys(template.Resources);
  const idOf = (name: RegExp) => ids.find((id) => name.test(id)) ?? '';
  return integrate(which, (integration) => {
    const wrong = JSON.stringify(integration).replace(
      idOf(/^FunctionHandler/),
      idOf(/^AuthorizerHandler\w{8}$/),
    );
    return JSON.parse(wrong);
  })(template);
};

const withDataTrace = editResources('AWS::ApiGateway::Stage', (properties) => ({
  ...properties,
  MethodSettings: [properties['MethodSettings']]
    .flat()
    .map((settings) => ({ ...Object(settings), DataTraceEnabled: true })),
}));

const openToAll = integrate(/OPTIONS/, (integration) =>
  JSON.parse(JSON.stringify(integration).replaceAll("'https://app.example.com'", "'*'")),
);

/** A fault in the template, and the names of all proofs that find it. */
const faults: [
  fault: string,
  editTemplate: (template: Template) => Template,
  broken: string[],
  config?: ConfigName,
][] = [
  [
    'no response for a bad key',
    withoutResponse('INVALID_API_KEY'),
    ['forged-token', 'rotate-now', 'revoke', 'wrong-key'],
  ],
  ['no response of the authorizer', withoutResponse('UNAUTHORIZED'), ['no-key']],
  ['no response for a throttle', withoutResponse('THROTTLED'), ['race', 'throttle']],
  ['no response for an unknown route', withoutResponse('MISSING_AUTHENTICATION_TOKEN'), ['wrong-path']],
  ['no response for bad JSON', withoutResponse('BAD_REQUEST_BODY'), ['broken-json']],
  ['no response for a large body', withoutResponse('REQUEST_TOO_LARGE'), ['too-large']],
  [
    'a plan without a throttle',
    withoutProperty('AWS::ApiGateway::UsagePlan', 'Throttle'),
    ['plans', 'throttle'],
  ],
  [
    'a plan with another quota',
    set('AWS::ApiGateway::UsagePlan', { Quota: { Limit: 5000, Period: 'MONTH' } }),
    ['plans'],
  ],
  ['a method without a key', withoutProperty('AWS::ApiGateway::Method', 'ApiKeyRequired'), ['new-key']],
  ['a route to another function', toAuthorizer(/v1modelsGET/), ['route-v1Models']],
  ['no permission to call the function', without('AWS::Lambda::Permission'), ['new-key']],
  [
    'a function that is ended early',
    set('AWS::Lambda::Function', { Timeout: 30 }, /^Function/),
    ['function-time'],
  ],
  ['bodies in the log of API Gateway', withDataTrace, ['bodies-not-logged']],
  [
    'a log group that keeps its lines for ever',
    withoutProperty('AWS::Logs::LogGroup', 'RetentionInDays'),
    ['log-retention'],
  ],
  ['an alarm without an action', set('AWS::CloudWatch::Alarm', { AlarmActions: [] }, /ledger/), ['alarms']],
  [
    'an alarm on a metric that nothing counts',
    set('AWS::CloudWatch::Alarm', { MetricName: 'Error' }, /ledger/),
    ['alarms'],
  ],
  ['a preflight for every page', openToAll, ['cors'], 'web'],
];

/** The race takes half of a run. None of these faults but one is in its way. */
const withoutRace = proofNames.filter((name) => name !== 'race');

test.each(faults)(
  '%s breaks exactly the promises that rest on it',
  async (_fault, editTemplate, broken, config = 'shipped') => {
    const { run } = await startProving(config, { editTemplate });
    const only = broken.includes('race') ? proofNames : withoutRace;
    expect(named(await run({ plan: 'research', only }), 'broken')).toEqual(broken);
  },
);
