import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, Tags, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { type ProxyConfig, stackNameOf } from '../config/config.ts';
import { checkWithNag } from '../rules/nag.ts';
import { TemplateRules } from '../rules/template-rules.ts';
import { ProxyStack } from './proxy-stack.ts';

/** Where the functions are built to. */
const builtLambdaDirectory = resolve(import.meta.dirname, '../../../lambda/dist');

export interface SynthesizeOptions {
  /** Directory that the cloud assembly is written to. */
  readonly outdir: string;
  /**
   * Directory of the built functions: `index.mjs` with the export `handler`. Default: the lambda
   * package's `dist`.
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
 * Builds the app of a config, with every check that synthesis makes.
 *
 * @throws {ConfigError} If a function's environment would be larger than Lambda allows.
 * @throws {Error} If the functions are not built.
 */
export function createApp(config: ProxyConfig, options: SynthesizeOptions): { app: App; stack: ProxyStack } {
  const { outdir, lambdaDirectory = builtLambdaDirectory } = options;
  if (!existsSync(join(lambdaDirectory, 'index.mjs'))) {
    throw new Error(`There are no built functions in ${lambdaDirectory}. Build them first: npm run build`);
  }
  const app = new App({
    outdir: resolve(outdir),
    analyticsReporting: false,
    // synthesize() does it, so that callers get its result and its errors.
    autoSynth: false,
    context: { ...recommendedFlags, '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
  const stack = new ProxyStack(app, stackNameOf(config), { config, lambdaDirectory });
  const tags = { ...config.tags, Application: config.name, Stage: config.stage };
  for (const [key, value] of Object.entries(tags)) {
    // Dashboards have had tags only lately, and not every check of templates knows.
    Tags.of(app).add(key, value, { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] });
  }
  checkWithNag(app, stack, config);
  Validations.of(app).addPlugins(new TemplateRules());
  return { app, stack };
}

/**
 * Writes the CloudFormation template of a config and the assets that it needs. Needs neither network nor AWS account.
 *
 * @throws {ConfigError} As {@link createApp}.
 * @throws {Error} Also if the template breaks a rule of CDK's own validation, of cdk-nag, or of ours.
 */
export function synthesize(config: ProxyConfig, options: SynthesizeOptions): Synthesized {
  const { app, stack } = createApp(config, options);
  const { directory } = app.synth();
  return { directory, templateFile: join(directory, stack.templateFile), stackName: stack.stackName };
}
