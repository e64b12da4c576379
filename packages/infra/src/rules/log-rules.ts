import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import type { TemplateRule } from './rule.ts';
import { resourcesOf, textOf } from './template.ts';

const logsEnd: TemplateRule = {
  name: 'logs-end',
  description: 'Every log is kept for a time that CloudWatch Logs knows, and then goes.',
  *check(template) {
    for (const { id, properties } of resourcesOf(template, 'AWS::Logs::LogGroup')) {
      const days = properties['RetentionInDays'];
      if (typeof days === 'number' && days in RetentionDays && days !== RetentionDays.INFINITE) continue;
      const message =
        days === undefined
          ? 'is kept for ever'
          : `${textOf(days)} days is not a retention period of CloudWatch Logs`;
      yield { resource: id, property: 'RetentionInDays', message };
    }
  },
};

const Settings = z._default(z.array(z.object({ DataTraceEnabled: z.optional(z.unknown()) })), []);

const promptsAreNotLogged: TemplateRule = {
  name: 'prompts-are-not-logged',
  description: 'No stage writes whole requests and answers to the log.',
  *check(template) {
    for (const { id, properties } of resourcesOf(template, 'AWS::ApiGateway::Stage')) {
      const settings = z.parse(Settings, properties['MethodSettings']);
      if (!settings.some(({ DataTraceEnabled: traced }) => traced === true)) continue;
      yield {
        resource: id,
        property: 'MethodSettings',
        message: 'DataTraceEnabled logs every prompt; set it to false',
      };
    }
  },
};

const keysAreNotLogged: TemplateRule = {
  name: 'keys-are-not-logged',
  description: 'No access log has the value of a key; its id is enough.',
  *check(template) {
    for (const { id, properties } of resourcesOf(template, 'AWS::ApiGateway::Stage')) {
      const text = JSON.stringify(properties['AccessLogSetting'] ?? {});
      if (!/\$context\.identity\.apiKey(?!Id)/.test(text)) continue;
      yield {
        resource: id,
        property: 'AccessLogSetting.Format',
        message: 'logs the values of keys; log $context.identity.apiKeyId',
      };
    }
  },
};

export const logRules: readonly TemplateRule[] = [logsEnd, promptsAreNotLogged, keysAreNotLogged];
