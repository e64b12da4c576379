import { readFileSync } from 'node:fs';
import { type IPolicyValidationPlugin, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import * as z from 'zod/mini';
import { allowedRules } from './allowed-rules.ts';
import { templateBelow } from './construct-template.ts';
import { encryptionRules } from './encryption-rules.ts';
import { functionCodeRules } from './function-code-rules.ts';
import { gatewayResponseRules } from './gateway-response-rules.ts';
import { inferenceProfileRules } from './inference-profile-rules.ts';
import { methodRules } from './method-rules.ts';
import { networkRules } from './network-rules.ts';
import { permissionRules } from './permission-rules.ts';
import { roleRules } from './role-rules.ts';
import type { TemplateRule } from './rule.ts';
import { tagRules } from './tag-rules.ts';
import { SynthesizedTemplate } from './template.ts';
import { traceRules } from './trace-rules.ts';
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
  ...networkRules,
  ...traceRules,
];

/** What a plugin is asked with. */
type Context = Parameters<IPolicyValidationPlugin['validate']>[0];

/** Makes synthesis fail if a template breaks a rule of ours, in one report with CDK's and cdk-nag's. */
export class TemplateRules implements IPolicyValidationPlugin {
  readonly name = 'Proxy';
  readonly version = '1.0.0';
  readonly ruleIds: string[] = templateRules.map(({ name }) => name);
  readonly #scope: IConstruct | undefined;

  /** @param scope The construct whose part of its stack's template is checked. Default: all of every template. */
  constructor(scope?: IConstruct) {
    this.#scope = scope;
  }

  validate(
    context: Pick<Context, 'templatePaths'> & Partial<Context>,
  ): ReturnType<IPolicyValidationPlugin['validate']> {
    const violations = this.#templatePaths(context).flatMap((templatePath) => {
      const whole = z.parse(SynthesizedTemplate, JSON.parse(readFileSync(templatePath, 'utf8')));
      const template = this.#scope ? templateBelow(whole, this.#scope) : whole;
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

  #templatePaths({
    templatePaths,
    stackTemplates = [],
  }: Parameters<TemplateRules['validate']>[0]): readonly string[] {
    if (!this.#scope) return templatePaths;
    const stackPath = Stack.of(this.#scope).node.path;
    return stackTemplates.flatMap(({ stackConstructPath, templatePath }) =>
      stackConstructPath === stackPath ? [templatePath] : [],
    );
  }
}
