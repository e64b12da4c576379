import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installation } from '@org/installation';
import { App, BOOTSTRAP_QUALIFIER_CONTEXT, Tags, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { type ProxyConfig, stackNameOf } from '../config/config.ts';
import { tagsOf } from '../config/tags.ts';
import { checkWithNag } from '../rules/nag.ts';
import { TemplateRules } from '../rules/template-rules.ts';
import { ProxyStack } from './proxy-stack.ts';
import { followRoleRules } from './role-rules.ts';

export interface SynthesizeOptions {
  /** Directory for the cloud assembly. */
  readonly outdir: string;
  /**
   * Directory of the built functions: `index.mjs` with the export `handler`. Default: those of
   * this installation.
   */
  readonly lambdaDirectory?: string | undefined;
}

/** A synthesized deployment on disk. */
export interface Synthesized {
  /** Absolute path of the cloud assembly. */
  readonly directory: string;
  /** Absolute path of the CloudFormation template, as JSON. */
  readonly templateFile: string;
  readonly stackName: string;
}

/**
 * Builds a config's app, with every check of the synthesis.
 *
 * @throws {ConfigError} If a function's environment would be larger than Lambda allows.
 * @throws {Error} If the functions are not built.
 */
export function createApp(config: ProxyConfig, options: SynthesizeOptions): { app: App; stack: ProxyStack } {
  const { outdir, lambdaDirectory = installation.functions } = options;
  if (!existsSync(join(lambdaDirectory, 'index.mjs'))) {
    throw new Error(`There are no built functions in ${lambdaDirectory}. Build them first: npm run build`);
  }
  const app = new App({
    outdir: resolve(outdir),
    analyticsReporting: false,
    // Validation runs in synthesize(), so that callers get its result and its errors.
    autoSynth: false,
    context: {
      ...recommendedFlags,
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      [BOOTSTRAP_QUALIFIER_CONTEXT]: config.bootstrapQualifier,
    },
  });
  const stack = new ProxyStack(app, stackNameOf(config), { config, lambdaDirectory });
  for (const [key, value] of Object.entries(tagsOf(config))) {
    // Dashboards only recently got tags, and some template checks do not know them yet.
    Tags.of(app).add(key, value, { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] });
  }
  if (config.roles) followRoleRules(stack, config.roles);
  checkWithNag(app, stack, config);
  Validations.of(app).addPlugins(new TemplateRules());
  return { app, stack };
}

/**
 * Writes a config's CloudFormation template and the assets that it needs. Needs neither a network nor an AWS account.
 *
 * @throws {ConfigError} As {@link createApp}.
 * @throws {Error} Also if the template breaks a rule of CDK's own validation, of cdk-nag, or of ours.
 */
export function synthesize(config: ProxyConfig, options: SynthesizeOptions): Synthesized {
  const { app, stack } = createApp(config, options);
  const { directory } = app.synth();
  return { directory, templateFile: join(directory, stack.templateFile), stackName: stack.stackName };
}
