import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stackDescriptionOf } from '../config/config.ts';
import { BedrockProxy, type BedrockProxyProps } from './bedrock-proxy.ts';

/** A stack with one proxy, and nothing else. */
export class ProxyStack extends Stack {
  readonly proxy: BedrockProxy;

  constructor(scope: Construct, id: string, props: BedrockProxyProps) {
    const { config } = props;
    super(scope, id, {
      description: stackDescriptionOf(config),
      env: { region: config.region },
    });
    // The CDK leaves this id out of logical ids, so that they are those of the construct's parts.
    this.proxy = new BedrockProxy(this, 'Default', props);
  }
}
