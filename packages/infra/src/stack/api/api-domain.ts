import { CfnBasePathMapping, CfnDomainName, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { DomainConfig } from '../../config/network.ts';
import type { Endpoint } from './endpoint.ts';

export interface ApiDomainProps {
  readonly domain: DomainConfig;
  readonly api: RestApi;
  readonly endpoint: Endpoint;
}

/**
 * A domain name in front of the API's stage, which is then not part of the path.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html
 */
export class ApiDomain extends Construct {
  /** URL that the routes are below, with a slash at its end. */
  readonly url: string;
  /** Name that the domain's DNS record points to. */
  readonly target: string;

  constructor(scope: Construct, id: string, { domain, api, endpoint }: ApiDomainProps) {
    super(scope, id);
    const { name, certificateArn, basePath } = domain;
    const domainName = new CfnDomainName(this, 'Name', {
      domainName: name,
      regionalCertificateArn: certificateArn,
      ...endpoint,
    });
    new CfnBasePathMapping(this, 'Mapping', {
      domainName: domainName.ref,
      restApiId: api.restApiId,
      stage: api.deploymentStage.stageName,
      ...(basePath === undefined ? {} : { basePath }),
    });
    this.url = `https://${name}/${basePath === undefined ? '' : `${basePath}/`}`;
    this.target = domainName.attrRegionalDomainName;
  }
}
