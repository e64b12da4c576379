import { signInKey } from '@org/table';
import { isLike, type Permission, rolePolicies } from './permissions.ts';
import type { TemplateRule } from './rule.ts';
import { referenced, resourcesOf, textOf } from './template.ts';

/** A model, a profile or a guardrail, in any account that the config names. */
const bedrocks = /^arn:(?:[\w-]+|\{AWS::Partition\}):bedrock:[^*]+$/;

/** One KMS key, which may exist before the stack. */
const kmsKeys = /^arn:[\w-]+:kms:[^*:]+:\d+:key\/[^*]+$/;

/** Objects of a bucket of this stack, by the beginning of their names. */
const objects = /^\{(\w+)\}(?:\/[a-z]+\/\*)?$/;

/** X-Ray knows no resources, so these are allowed on all or not at all. */
const ofTraces: ReadonlySet<string> = new Set(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']);

const permissionIsNamed: TemplateRule = {
  name: 'permission-is-named',
  description:
    'A role allows what it allows on resources of this stack, models of Bedrock and a KMS key, by their names. Only traces have none.',
  *check(template) {
    for (const { resource, permissions } of rolePolicies(template)) {
      for (const { Effect, Action, Resource } of permissions) {
        if (Effect !== 'Allow') continue;
        for (const target of Resource) {
          const [, id = ''] = objects.exec(target) ?? [];
          if (Object.hasOwn(template.Resources, id) || bedrocks.test(target) || kmsKeys.test(target))
            continue;
          if (target === '*' && Action.every((action) => ofTraces.has(action))) continue;
          const message = `allows ${Action.join(', ')} on ${target}; name a resource of this stack`;
          yield { resource, property: 'PolicyDocument', message };
        }
      }
    }
  },
};

const onlyTheApiInvokes: TemplateRule = {
  name: 'only-the-api-invokes',
  description:
    'Nothing but the API of this stack invokes a function: every other way in has no key and no limit.',
  *check(template) {
    const apis = resourcesOf(template, 'AWS::ApiGateway::RestApi').map(({ id }) => id);
    for (const { id, properties } of resourcesOf(template, 'AWS::Lambda::Permission')) {
      const { Principal: principal, SourceArn: source } = properties;
      if (principal === 'apigateway.amazonaws.com' && apis.some((api) => textOf(source).includes(`{${api}}`)))
        continue;
      yield {
        resource: id,
        property: 'SourceArn',
        message: 'lets others than the API of this stack invoke it',
      };
    }
  },
};

const alarmsAreCloudWatchs: TemplateRule = {
  name: 'alarms-are-cloudwatchs',
  description: 'A function publishes to no topic of alarms: its receivers could not tell who it was.',
  *check(template) {
    const alarmed = new Set(
      resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(({ properties }) =>
        [properties['AlarmActions']].flat().map(textOf),
      ),
    );
    for (const { resource, permissions } of rolePolicies(template)) {
      for (const { Effect, Action, Resource } of permissions) {
        if (Effect !== 'Allow' || !Action.some((action) => isLike(action, 'sns:Publish'))) continue;
        for (const target of Resource.filter((each) => alarmed.has(each))) {
          const message = `allows ${Action.join(', ')} on ${target}, the topic of alarms`;
          yield { resource, property: 'PolicyDocument', message };
        }
      }
    }
  },
};

/** Start of the partition key of the authorizer's items. */
const { pk: signInPartition } = signInKey('any-team');

const signInKeysAreTheAuthorizers: TemplateRule = {
  name: 'sign-in-keys-are-the-authorizers',
  description: "The keys of signed-in teams can be read by the authorizer's role alone.",
  *check(template) {
    const authorizerUris = resourcesOf(template, 'AWS::ApiGateway::Authorizer').map(({ properties }) =>
      textOf(properties['AuthorizerUri']),
    );
    const roles = new Map<string, Permission[]>();
    for (const policy of rolePolicies(template)) {
      for (const role of policy.roles) {
        roles.set(role, [...(roles.get(role) ?? []), ...policy.permissions]);
      }
    }
    for (const { id, properties } of resourcesOf(template, 'AWS::Lambda::Function')) {
      if (authorizerUris.some((uri) => uri.includes(`{${id}}`))) continue;
      const role = referenced(properties['Role']) ?? '';
      if (!mayRead(roles.get(role) ?? [])) continue;
      yield { resource: id, property: 'Role', message: 'may read the keys of signed-in teams; deny it' };
    }
  },
};

/** Whether items of sign-in can be read, in any table. */
function mayRead(permissions: readonly Permission[]): boolean {
  const applying = permissions.filter(
    ({ Action, Condition }) =>
      Action.some((action) => isLike(action, 'dynamodb:GetItem')) && coversSignIn(Condition),
  );
  return (
    applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny')
  );
}

/** The answer of a condition on partition keys to a request for an item of sign-in. */
function coversSignIn(condition: Permission['Condition']): boolean {
  return Object.entries(condition).every(([operator, keys]) => {
    const patterns = keys['dynamodb:LeadingKeys'];
    if (!patterns) return true;
    const matches = patterns.some((pattern) =>
      operator.endsWith('Like') ? isLike(pattern, signInPartition) : pattern === signInPartition,
    );
    return operator.includes('StringNot') ? !matches : matches;
  });
}

export const permissionRules: readonly TemplateRule[] = [
  permissionIsNamed,
  onlyTheApiInvokes,
  alarmsAreCloudWatchs,
  signInKeysAreTheAuthorizers,
];
