import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ProxyConfig } from '../config/config.ts';
import { ApiKeys } from './api/api-keys.ts';
import { ProxyApi } from './api/proxy-api.ts';
import { UsagePlans } from './api/usage-plans.ts';
import { WebAcl } from './api/web-acl.ts';
import { Authorizer } from './authorizer/authorizer.ts';
import { functionEnvironment } from './functions/function-environment.ts';
import { InferenceProfiles } from './functions/inference-profiles.ts';
import { ProxyFunction } from './functions/proxy-function.ts';
import { LedgerTable } from './ledger-table.ts';
import { encryptLogsAndNotices, ownKey } from './own-key.ts';
import { Alarms } from './watch/alarms.ts';
import { Dashboard } from './watch/dashboard.ts';

export interface ProxyStackProps {
  readonly config: ProxyConfig;
  /** Directory of the built functions. */
  readonly lambdaDirectory: string;
}

/** One deployment of the proxy: keys, ledger, function, API and usage plans, with alarms, dashboard and web ACL. */
export class ProxyStack extends Stack {
  constructor(scope: Construct, id: string, { config, lambdaDirectory }: ProxyStackProps) {
    super(scope, id, {
      description: `Amazon Bedrock by API key, within limits: ${config.name}, stage ${config.stage}`,
      env: { region: config.region },
    });
    // The function knows the keys and the plans know the stage, so keys come first and plans last.
    const keys = new ApiKeys(this, 'Keys', config);
    const key = ownKey(this, 'EncryptionKey', config);
    const ledger = new LedgerTable(this, 'Ledger', { config, key });
    const keyIds = new Map([...keys.byName].map(([name, key]) => [name, key.keyId]));
    const { all: profiles } = new InferenceProfiles(this, 'InferenceProfiles', config);
    const environment = functionEnvironment(
      config,
      { keyIds, tableName: ledger.table.tableName, profiles },
      this,
    );
    const proxy = new ProxyFunction(this, 'Function', {
      config,
      ledger,
      profiles,
      environment,
      lambdaDirectory,
    });
    const authorizer =
      config.bearer || config.signIn
        ? new Authorizer(this, 'Authorizer', { config, ledger, lambdaDirectory })
        : undefined;
    const { api } = new ProxyApi(this, 'Api', {
      config,
      handler: proxy.handler,
      authorizer: authorizer?.authorizer,
    });
    const stage = api.deploymentStage;
    new UsagePlans(this, 'Plans', { config, keys, stage });

    if (config.waf) new WebAcl(this, 'WebAcl', { config, waf: config.waf, stage });
    const { handler, logGroup } = proxy;
    const alarms = config.alarms
      ? new Alarms(this, 'Alarms', { config, stage, handler, email: config.alarms.email })
      : undefined;
    if (config.dashboard) {
      const { table } = ledger;
      new Dashboard(this, 'Dashboard', {
        config,
        stage,
        handler,
        logGroup,
        table,
        alarms: alarms?.all ?? [],
      });
    }

    if (key) encryptLogsAndNotices(this, key);

    new CfnOutput(this, 'Endpoint', { value: api.url, description: 'URL that the routes are below' });
    new CfnOutput(this, 'ApiId', {
      value: api.restApiId,
      description: 'Id of the API, by which its usage plans are known',
    });
    new CfnOutput(this, 'TableName', {
      value: ledger.table.tableName,
      description: 'Table with the use of teams and keys',
    });
    if (alarms) {
      new CfnOutput(this, 'AlarmTopicArn', {
        value: alarms.topic.topicArn,
        description: 'Topic for all alarms',
      });
    }
  }
}
