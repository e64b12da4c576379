import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installation } from '@org/installation';
import { CfnOutput, Stack, Tags, Validations } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ProxyConfig } from '../config/config.ts';
import { sharedOutputName } from '../config/name.ts';
import { hasNotices } from '../config/notify.ts';
import { tagsOf, untagged } from '../config/tags.ts';
import { acknowledgeNagRules } from '../rules/nag.ts';
import { TemplateRules } from '../rules/template-rules.ts';
import { ApiKeys } from './api/api-keys.ts';
import { ProxyApi } from './api/proxy-api.ts';
import { UsagePlans } from './api/usage-plans.ts';
import { WebAcl } from './api/web-acl.ts';
import { Authorizer } from './authorizer/authorizer.ts';
import { functionEnvironment } from './functions/function-environment.ts';
import { InferenceProfiles } from './functions/inference-profiles.ts';
import { ProxyFunction } from './functions/proxy-function.ts';
import { LedgerTable } from './ledger-table.ts';
import { NoticeTopic } from './notice-topic.ts';
import { encryptLogsAndNotices, ownKey } from './own-key.ts';
import { checkPlace } from './place.ts';
import { PromptBucket } from './prompt-bucket.ts';
import { applyRoleSettings } from './role-settings.ts';
import { checkStackSize } from './stack-size.ts';
import { Alarms } from './watch/alarms.ts';
import { Dashboard } from './watch/dashboard.ts';

export interface BedrockProxyProps {
  /** What `defineProxyConfig` returns. The stack must be in its Region. */
  readonly config: ProxyConfig;
  /**
   * Directory of the built functions: `index.mjs` with the export `handler`. Default: those of
   * this installation.
   */
  readonly lambdaDirectory?: string | undefined;
}

/**
 * One deployment of the proxy in your own stack: keys, table, functions, API and usage plans, with alarms, dashboard
 * and web ACL as the config says.
 *
 * Synthesis fails if what is below this construct breaks a rule of ours, even if your code changed it. What else is in the stack
 * is not checked. CDK's own way makes an exception:
 * `Validations.of(proxy).acknowledge({ id: 'Proxy::only-what-is-allowed', reason: '...' })`.
 *
 * ```ts
 * const stack = new Stack(app, 'Platform', { env: { region: config.region } });
 * const proxy = new BedrockProxy(stack, 'Proxy', { config });
 * new CfnOutput(stack, 'AskHere', { value: proxy.endpoint });
 * ```
 *
 * @throws {ConfigError} If the stack or a function's environment would be larger than AWS allows.
 * @throws {Error} If the stack is of another Region than the config, or nested; if the app has the same deployment or a
 *   key of the same name twice in one account and Region; or if the functions are not built.
 */
export class BedrockProxy extends Construct {
  readonly config: ProxyConfig;
  readonly api: RestApi;
  /** URL that the routes are below, with a slash at its end. */
  readonly endpoint: string;
  /** Name that the DNS record of the config's domain points to. Undefined without `domain`. */
  readonly domainTarget: string | undefined;
  /** The function behind every route. */
  readonly handler: LambdaFunction;
  /** The function that says which key a request counts as. Undefined without `bearer` and `signIn`. */
  readonly authorizer: LambdaFunction | undefined;
  /** Counters, teams and keys. */
  readonly table: Table;
  /** Prompts and answers. Undefined without `promptLog`. */
  readonly promptBucket: Bucket | undefined;
  /** Empty without `alarms`. */
  readonly alarms: readonly Alarm[];
  /** The topic that every alarm publishes to, for your own subscriptions. Undefined without `alarms`. */
  readonly alarmTopic: Topic | undefined;
  /** The topic of notices about limits, for your own subscriptions. Undefined without `notify`. */
  readonly noticeTopic: Topic | undefined;

  constructor(scope: Construct, id: string, props: BedrockProxyProps) {
    super(scope, id);
    const { config, lambdaDirectory = installation.functions } = props;
    if (!existsSync(join(lambdaDirectory, 'index.mjs'))) {
      throw new Error(`There are no built functions in ${lambdaDirectory}. Build them first: npm run build`);
    }
    this.config = config;
    checkPlace(this, otherProxies(this));
    checkStackSize(config);

    // The function knows the keys and the plans know the stage, so keys come first and plans last.
    const keys = new ApiKeys(this, 'Keys', config);
    const key = ownKey(this, 'EncryptionKey', config);
    const ledger = new LedgerTable(this, 'Ledger', { config, key });
    const keyIds = new Map([...keys.byName].map(([name, key]) => [name, key.keyId]));
    const { table } = ledger;
    const { all: profiles } = new InferenceProfiles(this, 'InferenceProfiles', config);
    const promptBucket =
      config.promptLog &&
      new PromptBucket(this, 'Prompts', { retentionDays: config.promptLog.retentionDays, key });
    const promptHost = promptBucket?.bucket.bucketRegionalDomainName;
    const notices = hasNotices(config) ? new NoticeTopic(this, 'Notices', { config, key }) : undefined;
    const noticeTopic = notices?.topic;
    const environment = functionEnvironment(
      config,
      { keyIds, tableName: table.tableName, profiles, promptHost, noticeTopicArn: noticeTopic?.topicArn },
      Stack.of(this),
    );
    const { handler, logGroup } = new ProxyFunction(this, 'Function', {
      config,
      ledger,
      profiles,
      promptBucket,
      notices,
      environment,
      lambdaDirectory,
    });
    const authorizer =
      config.bearer || config.signIn
        ? new Authorizer(this, 'Authorizer', { config, ledger, lambdaDirectory })
        : undefined;
    const { api, url, domain } = new ProxyApi(this, 'Api', {
      config,
      handler,
      authorizer: authorizer?.authorizer,
    });
    const stage = api.deploymentStage;
    new UsagePlans(this, 'Plans', { config, keys, stage });

    if (config.waf) new WebAcl(this, 'WebAcl', { config, waf: config.waf, stage });
    const alarms = config.alarms
      ? new Alarms(this, 'Alarms', { config, stage, handler, email: config.alarms.email })
      : undefined;
    if (config.dashboard) {
      const all = alarms?.all ?? [];
      new Dashboard(this, 'Dashboard', { config, stage, handler, logGroup, table, alarms: all });
    }

    if (key) encryptLogsAndNotices(this, key);

    this.api = api;
    this.endpoint = url;
    this.domainTarget = domain?.target;
    this.handler = handler;
    this.authorizer = authorizer?.handler;
    this.table = table;
    this.promptBucket = promptBucket?.bucket;
    this.alarms = alarms?.all ?? [];
    this.alarmTopic = alarms?.topic;
    this.noticeTopic = noticeTopic;
    this.addOutputs();

    for (const [tag, value] of Object.entries(tagsOf(config))) {
      Tags.of(this).add(tag, value, { excludeResourceTypes: [untagged] });
    }
    if (config.roles) applyRoleSettings(this, config.roles);
    acknowledgeNagRules(this, config);
    Validations.of(this).addPlugins(new TemplateRules(this));
  }

  private addOutputs(): void {
    new CfnOutput(this, 'Endpoint', { value: this.endpoint, description: 'URL that the routes are below' });
    if (this.domainTarget !== undefined) {
      new CfnOutput(this, 'DomainTarget', {
        value: this.domainTarget,
        description: "Name that the DNS record of the API's domain points to",
      });
    }
    new CfnOutput(this, 'ApiId', {
      value: this.api.restApiId,
      description: 'Id of the API, by which its usage plans are known',
    });
    new CfnOutput(this, 'TableName', {
      value: this.table.tableName,
      description: 'Table with the use of teams and keys',
    });
    if (this.promptBucket) {
      new CfnOutput(this, 'PromptBucketName', {
        value: this.promptBucket.bucketName,
        description: 'Bucket with prompts and answers',
      });
    }
    if (this.alarmTopic) {
      new CfnOutput(this, 'AlarmTopicArn', {
        value: this.alarmTopic.topicArn,
        description: 'Topic for all alarms',
      });
    }
    if (this.noticeTopic) {
      new CfnOutput(this, 'NoticeTopicArn', {
        value: this.noticeTopic.topicArn,
        description: 'Topic for notices about limits',
      });
    }
    if (this.isWholeStack()) return;
    for (const output of this.node.children) {
      if (output instanceof CfnOutput) {
        output.overrideLogicalId(sharedOutputName(this.config, output.node.id));
      }
    }
  }

  /** Whether its logical ids are those of the command line's own stack. */
  private isWholeStack(): boolean {
    return this.node.id === 'Default' && this.node.scope === Stack.of(this);
  }
}

/** The other proxies of the app. */
function otherProxies(proxy: BedrockProxy): BedrockProxy[] {
  return proxy.node.root.node
    .findAll()
    .filter((construct) => construct instanceof BedrockProxy)
    .filter((other) => other !== proxy);
}
