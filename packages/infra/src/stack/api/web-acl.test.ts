import { ErrorEnvelopeSchema } from '@org/contract';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../../proxy.config.ts';
import {
  everythingOn,
  joined,
  only,
  resources,
  type Template,
  templateOf,
} from '../../testing/template-under-test.ts';

const Rule = z.object({
  Name: z.string(),
  Statement: z.record(z.string(), z.unknown()),
  Action: z.optional(z.unknown()),
  VisibilityConfig: z.object({ SampledRequestsEnabled: z.boolean() }),
});
const Acl = z.object({
  Scope: z.string(),
  DefaultAction: z.unknown(),
  Rules: z.array(Rule),
  VisibilityConfig: z.object({ SampledRequestsEnabled: z.boolean() }),
  CustomResponseBodies: z.record(z.string(), z.object({ Content: z.string() })),
});
const aclOf = (of: Template) => z.parse(Acl, only(of, 'AWS::WAFv2::WebACL'));

const template = templateOf(everythingOn);

test('protects the stage', () => {
  const [stageId] = resources(template, 'AWS::ApiGateway::Stage').keys();
  const [apiId] = resources(template, 'AWS::ApiGateway::RestApi').keys();
  const { ResourceArn } = only(template, 'AWS::WAFv2::WebACLAssociation');
  expect(joined(ResourceArn, (id) => id)).toBe(
    `arn:aws:apigateway:us-east-1::/restapis/${apiId}/stages/${stageId}`,
  );
  expect(aclOf(template)).toMatchObject({ Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
});

test("admits from one address as many requests as all keys of the config together may make, and refuses more with the contract's error", () => {
  const { Rules, CustomResponseBodies } = aclOf(template);
  expect(Rules[0]).toMatchObject({
    Statement: {
      RateBasedStatement: {
        AggregateKeyType: 'IP',
        EvaluationWindowSec: 300,
        Limit: (100 + 5) * 300 + 200 + 10,
      },
    },
    Action: {
      Block: {
        CustomResponse: {
          ResponseCode: 429,
          CustomResponseBodyKey: 'too-often',
          ResponseHeaders: [
            { Name: 'x-should-retry', Value: 'true' },
            { Name: 'retry-after', Value: '60' },
          ],
        },
      },
    },
  });
  const body = z.parse(ErrorEnvelopeSchema, JSON.parse(CustomResponseBodies['too-often']?.Content ?? ''));
  expect(body).toMatchObject({ error: { code: 'rate_limited' }, request_id: null });
});

test('admits from one address as many requests as one key of the fastest plan may make, if the keys of the config may make fewer', () => {
  const slowKeys = {
    ...shipped,
    waf: {},
    teams: { research: { plan: 'research', keys: [{ name: 'k', enabled: true }] } },
  };
  expect(aclOf(templateOf(slowKeys)).Rules[0]).toMatchObject({
    Statement: { RateBasedStatement: { Limit: 100 * 300 + 200 } },
  });
});

test("blocks by AWS's common rules, except for the content of a question", () => {
  const { Rules } = aclOf(template);
  expect(Rules[1]?.Statement).toEqual({
    ManagedRuleGroupStatement: {
      VendorName: 'AWS',
      Name: 'AWSManagedRulesCommonRuleSet',
      RuleActionOverrides: [
        'SizeRestrictions_BODY',
        'CrossSiteScripting_BODY',
        'EC2MetaDataSSRF_BODY',
        'GenericLFI_BODY',
        'GenericRFI_BODY',
      ].map((name) => ({ Name: name, ActionToUse: { Count: {} } })),
    },
  });
  expect(Rules).toHaveLength(2);
});

test("keeps no sample of a request, because it contains a key's value", () => {
  const { Rules, VisibilityConfig } = aclOf(template);
  for (const visibility of [VisibilityConfig, ...Rules.map((rule) => rule.VisibilityConfig)]) {
    expect(visibility.SampledRequestsEnabled).toBe(false);
  }
});

test("uses the config's rate", () => {
  const limited = templateOf({ ...shipped, waf: { rateLimit: 500 } });
  expect(aclOf(limited).Rules[0]).toMatchObject({ Statement: { RateBasedStatement: { Limit: 500 } } });
});
