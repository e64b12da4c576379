import { errorDefinition, errorEnvelope, headers } from '@org/contract';
import { Duration } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { ProxyConfig } from '../../config/config.ts';
import type { WafConfig } from '../../config/operations.ts';
import { promisedThrottle } from '../../config/promised-throttle.ts';

export interface WebAclProps {
  readonly config: ProxyConfig;
  readonly waf: WafConfig;
  /** The API's stage. */
  readonly stage: Stage;
}

/** The window in which AWS WAF counts an address's requests. */
const window = Duration.minutes(5);

/**
 * The rules of AWS's common rule set that read the body. A question may contain a script, a path or a URL, and may be
 * long; these rules count such questions and block none.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const bodyRules = [
  'SizeRestrictions_BODY',
  'CrossSiteScripting_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
];

/** The contract's error for an address with too many requests; AWS WAF has no request id. */
const refusal = {
  ...errorEnvelope(
    { code: 'rate_limited', message: 'Too many requests from this address. Slow down and send them again.' },
    '',
  ),
  request_id: null,
};

/** Seconds until a retry is useful; the contract's maximum. */
const retryAfterSeconds = 60;

/** The web ACL's name for this answer. */
const tooOften = 'too-often';

/**
 * A web ACL in front of the stage: a maximum of requests per address in five minutes, and AWS's common rules. It keeps
 * no samples of requests, because they would contain key values.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-for-blocked-requests.html
 */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, { config, waf, stage }: WebAclProps) {
    super(scope, id);
    const name = `${config.name}-${config.stage}`;
    const visibilityConfig = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      metricName,
      sampledRequestsEnabled: false,
    });
    const { status, retryable } = errorDefinition('rate_limited');
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      description: `In front of ${name}`,
      defaultAction: { allow: {} },
      visibilityConfig: visibilityConfig(name),
      customResponseBodies: {
        [tooOften]: { contentType: 'APPLICATION_JSON', content: JSON.stringify(refusal) },
      },
      rules: [
        {
          name: 'requests-per-address',
          priority: 0,
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: waf.rateLimit ?? promisedRequests(config),
              evaluationWindowSec: window.toSeconds(),
            },
          },
          action: {
            block: {
              customResponse: {
                responseCode: status,
                customResponseBodyKey: tooOften,
                responseHeaders: [
                  { name: headers.shouldRetry, value: String(retryable) },
                  { name: headers.retryAfter, value: String(retryAfterSeconds) },
                ],
              },
            },
          },
          visibilityConfig: visibilityConfig(`${name}-requests-per-address`),
        },
        {
          name: 'common-rules',
          priority: 1,
          statement: {
            managedRuleGroupStatement: {
              vendorName: 'AWS',
              name: 'AWSManagedRulesCommonRuleSet',
              ruleActionOverrides: bodyRules.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
            },
          },
          overrideAction: { none: {} },
          visibilityConfig: visibilityConfig(`${name}-common-rules`),
        },
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
  }
}

/** One address may use every key of the config, or one that was made at run time. */
function promisedRequests(config: ProxyConfig): number {
  const { rate, burst } = promisedThrottle(config);
  // AWS WAF accepts no less than 10.
  return Math.max(10, Math.ceil(rate * window.toSeconds()) + burst);
}
