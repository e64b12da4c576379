import { join, resolve } from 'node:path';
import { App, BOOTSTRAP_QUALIFIER_CONTEXT, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { type ProxyConfig, stackNameOf } from '../config/config.ts';
import { addNagRules } from '../rules/nag.ts';
import { OnlyTheProxy } from '../rules/only-the-proxy.ts';
import { ProxyStack } from './proxy-stack.ts';

export interface SynthesizeOptions {
  /** Directory for the cloud assembly. */
  readonly outdir: string;
  /** As in {@link BedrockProxyProps}. */
  readonly lambdaDirectory?: string | undefined;
  /**
   * Whether CDK also compares the template with CloudFormation's schemas, which takes twice as long as all the rest. Default:
   * true. Without it, a template must not be deployed.
   */
  readonly builtinCloudFormationValidation?: boolean;
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
 * @throws {ConfigError} If the stack or a function's environment would be larger than AWS allows.
 * @throws {Error} If the functions are not built.
 */
export function createApp(
  config: ProxyConfig,
  { outdir, lambdaDirectory, builtinCloudFormationValidation = true }: SynthesizeOptions,
): { app: App; stack: ProxyStack } {
  const app = new App({
    outdir: resolve(outdir),
    analyticsReporting: false,
    builtinCloudFormationValidation,
    // Validation runs in synthesize(), so that callers get its result and its errors.
    autoSynth: false,
    context: {
      ...recommendedFlags,
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      [BOOTSTRAP_QUALIFIER_CONTEXT]: config.bootstrapQualifier,
    },
  });
  const stack = new ProxyStack(app, stackNameOf(config), { config, lambdaDirectory });
  addNagRules(app);
  Validations.of(app).addPlugins(new OnlyTheProxy(stack.proxy));
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
