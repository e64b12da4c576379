import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ProxyConfig } from '../config/config.ts';
import { receiversOf, webhookDelivery } from '../config/notify.ts';

export interface NoticeTopicProps {
  readonly config: ProxyConfig;
  /** The key that encrypts it. Default: none. */
  readonly key?: IKey | undefined;
}

/**
 * The topic of notices about limits, with the receivers of the config. Receivers of a team filter by the attribute `team`.
 *
 * It is encrypted with a key like the topic of alarms: only if the config has one.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
 */
export class NoticeTopic extends Construct {
  readonly topic: Topic;
  readonly #key: IKey | undefined;

  constructor(scope: Construct, id: string, { config, key }: NoticeTopicProps) {
    super(scope, id);
    this.#key = key;
    this.topic = new Topic(this, 'Topic', {
      displayName: `${config.name}-${config.stage}`,
      enforceSSL: true,
      // Webhooks verify a signature over SHA-256; by default it is SHA-1.
      signatureVersion: '2',
    });
    for (const { protocol, endpoint, teams } of receiversOf(config)) {
      new CfnSubscription(this, endpoint, {
        ...{ topicArn: this.topic.topicArn, protocol, endpoint },
        ...(teams && { filterPolicy: { team: teams } }),
        ...(protocol === 'https' && { deliveryPolicy: webhookDelivery }),
      });
    }
  }

  /**
   * What the function may do: publish to this topic.
   *
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   */
  statements(): PolicyStatement[] {
    const publish = new PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn] });
    if (!this.#key) return [publish];
    const encrypt = new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [this.#key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `sns.${Stack.of(this).region}.amazonaws.com` } },
    });
    return [publish, encrypt];
  }
}
