import { CfnElement, CfnOutput, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import * as z from 'zod/mini';
import type { SynthesizedTemplate } from './template.ts';

const Outputs = z._default(z.record(z.string(), z.unknown()), {});

/**
 * The part of a template that is below a construct: its resources, and its outputs by their names there.
 *
 * @param whole The template of the construct's stack.
 */
export function templateBelow(whole: SynthesizedTemplate, construct: IConstruct): SynthesizedTemplate {
  const stack = Stack.of(construct);
  const elements = construct.node.findAll().filter(CfnElement.isCfnElement);
  const ids = new Set(elements.map(({ logicalId }) => String(stack.resolve(logicalId))));
  const outputs = z.parse(Outputs, whole['Outputs']);
  return {
    Resources: Object.fromEntries(Object.entries(whole.Resources).filter(([id]) => ids.has(id))),
    Outputs: Object.fromEntries(
      elements
        .filter((element) => element instanceof CfnOutput)
        .map(({ node, logicalId }) => [node.id, outputs[String(stack.resolve(logicalId))]]),
    ),
  };
}
