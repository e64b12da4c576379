import { readFileSync } from 'node:fs';
import type { IPolicyValidationContext, IPolicyValidationPlugin } from 'aws-cdk-lib';
import * as z from 'zod/mini';
import { allowedRules } from './allowed-rules.ts';
import { encryptionRules } from './encryption-rules.ts';
import { functionCodeRules } from './function-code-rules.ts';
import { gatewayResponseRules } from './gateway-response-rules.ts';
import { inferenceProfileRules } from './inference-profile-rules.ts';
import { methodRules } from './method-rules.ts';
import { permissionRules } from './permission-rules.ts';
import { roleRules } from './role-rules.ts';
import type { TemplateRule } from './rule.ts';
import { tagRules } from './tag-rules.ts';
import { SynthesizedTemplate } from './template.ts';
import { usagePlanRules } from './usage-plan-rules.ts';

const templateRules: readonly TemplateRule[] = [
  ...allowedRules,
  ...methodRules,
  ...gatewayResponseRules,
  ...usagePlanRules,
  ...permissionRules,
  ...functionCodeRules,
  ...roleRules,
  ...encryptionRules,
  ...inferenceProfileRules,
  ...tagRules,
];

/** Makes synthesis fail if a template breaks a rule of this deployment, in one report with CDK's and cdk-nag's. */
export class TemplateRules implements IPolicyValidationPlugin {
  readonly name = 'Proxy';
  readonly version = '1.0.0';
  readonly ruleIds: string[] = templateRules.map(({ name }) => name);

  validate({
    templatePaths,
  }: Pick<IPolicyValidationContext, 'templatePaths'>): ReturnType<IPolicyValidationPlugin['validate']> {
    const violations = templatePaths.flatMap((templatePath) => {
      const template = z.parse(SynthesizedTemplate, JSON.parse(readFileSync(templatePath, 'utf8')));
      return templateRules.flatMap(({ name, description, check }) =>
        [...check(template, templatePath)].map(({ resource, property, message }) => ({
          ruleName: name,
          description: `${property} ${message}`,
          fix: description,
          severity: 'error',
          violatingResources: [
            { resourceLogicalId: resource, templatePath, locations: [`Properties.${property}`] },
          ],
        })),
      );
    });
    return { success: violations.length === 0, violations };
  }
}
