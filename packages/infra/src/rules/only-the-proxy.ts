import { readFileSync } from 'node:fs';
import { type IPolicyValidationPlugin, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import * as z from 'zod/mini';
import { templateBelow } from './construct-template.ts';
import { SynthesizedTemplate } from './template.ts';

/** Makes synthesis fail if anything but the proxy is in its stack. Only our own stack is like that. */
export class OnlyTheProxy implements IPolicyValidationPlugin {
  readonly name = 'Proxy stack';
  readonly version = '1.0.0';
  readonly ruleIds: string[] = ['only-the-proxy'];
  readonly #proxy: IConstruct;

  constructor(proxy: IConstruct) {
    this.#proxy = proxy;
  }

  validate({
    templatePaths,
  }: Parameters<IPolicyValidationPlugin['validate']>[0]): ReturnType<IPolicyValidationPlugin['validate']> {
    const { templateFile } = Stack.of(this.#proxy);
    const violations = templatePaths
      .filter((path) => path.endsWith(templateFile))
      .flatMap((templatePath) => {
        const template = z.parse(SynthesizedTemplate, JSON.parse(readFileSync(templatePath, 'utf8')));
        const own = templateBelow(template, this.#proxy).Resources;
        return Object.keys(template.Resources)
          .filter((id) => !Object.hasOwn(own, id))
          .map((id) => ({
            ruleName: 'only-the-proxy',
            description: 'is not part of the proxy',
            fix: 'Put it below the construct, or into a stack of your own.',
            severity: 'error',
            violatingResources: [{ resourceLogicalId: id, templatePath, locations: ['Type'] }],
          }));
      });
    return { success: violations.length === 0, violations };
  }
}
