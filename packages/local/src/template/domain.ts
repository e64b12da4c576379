import * as z from 'zod/mini';
import type { Resolver } from './resolver.ts';
import type { Stage } from './stage.ts';
import { TemplateError } from './template.ts';

/** A domain name in front of a stage. */
export interface Domain {
  readonly name: string;
  /** First part of the path below the domain. Undefined if there is none. */
  readonly basePath: string | undefined;
}

const Mapping = z.object({
  BasePath: z.optional(z.string()),
  DomainName: z.string(),
  RestApiId: z.string(),
  Stage: z.optional(z.string()),
});

/** Reads the domain that is mapped to the stage, if there is one. */
export function readDomain(resolver: Resolver, apiId: string, stage: Stage): Domain | undefined {
  const [mapping, ...others] = resolver.idsOf('AWS::ApiGateway::BasePathMapping');
  if (mapping === undefined) return undefined;
  const { BasePath: basePath, DomainName: name, RestApiId, Stage } = resolver.read(mapping, Mapping);
  if (others.length > 0 || RestApiId !== apiId || Stage !== stage.name) {
    throw new TemplateError(
      `${mapping} must be the only mapping of a domain, to the template's API and stage`,
    );
  }
  return { name, basePath };
}
