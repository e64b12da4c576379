import { CfnOutput } from 'aws-cdk-lib';
import { ApiKey } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { ProxyConfig } from '../../config/config.ts';
import { keyOutputName } from '../../config/name.ts';

/**
 * One API key for each key name in the config. API Gateway makes the values, so that none is in the template; the
 * outputs have the ids.
 */
export class ApiKeys extends Construct {
  /** Keys by their names in the config. */
  readonly byName: ReadonlyMap<string, ApiKey>;

  constructor(scope: Construct, id: string, config: ProxyConfig) {
    super(scope, id);
    const byName = new Map<string, ApiKey>();
    for (const [team, { plan, keys }] of Object.entries(config.teams)) {
      for (const { name, enabled } of keys) {
        // The construct's path has neither team nor plan, so a key that moves between teams keeps its id and value.
        const key = new ApiKey(this, `Key-${name}`, {
          apiKeyName: name,
          enabled,
          description: `${config.name}-${config.stage}: team ${team}, plan ${plan}`,
        });
        new CfnOutput(scope, keyOutputName(name), {
          value: key.keyId,
          description: `Id of the API key ${name}`,
        });
        byName.set(name, key);
      }
    }
    this.byName = byName;
  }
}
