import { expect, test } from 'vitest';
import {
  companyOn,
  everythingOn,
  only,
  policyOf,
  resources,
  templateOf,
} from '../../testing/template-under-test.ts';

test('with traces, the stage and the functions are traced, and send traces and nothing else to X-Ray', () => {
  const template = templateOf(companyOn);
  expect(only(template, 'AWS::ApiGateway::Stage')).toMatchObject({ TracingEnabled: true });
  const functions = [...resources(template, 'AWS::Lambda::Function').values()];
  expect(functions.map(({ TracingConfig }) => TracingConfig)).toEqual([
    { Mode: 'Active' },
    { Mode: 'Active' },
  ]);
  expect(policyOf(template).filter(({ Action }) => JSON.stringify(Action).includes('xray:'))).toEqual([
    {
      Effect: 'Allow',
      Action: expect.toSatisfy((actions) =>
        ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'].every((action) => actions.includes(action)),
      ),
      Resource: '*',
    },
  ]);
});

test('without them, nothing of X-Ray is in the template', () => {
  const template = templateOf(everythingOn);
  expect(/xray:|Tracing/.exec(JSON.stringify(template.Resources))).toBeNull();
});
