import type { SynthesizedTemplate } from './template.ts';

/** What is wrong with one resource. */
export interface Finding {
  /** Logical id. */
  readonly resource: string;
  readonly property: string;
  /** What is wrong, and what it must be. */
  readonly message: string;
}

/**
 * Something that must hold of every deployment, and that neither CloudFormation's schemas nor cdk-nag ask for: CloudFormation
 * would deploy it, and it would fail later or let through what it must not.
 */
export interface TemplateRule {
  readonly name: string;
  /** What must hold, or how to make it hold: the report shows it as the suggested fix. */
  readonly description: string;
  /** The template's file is in its cloud assembly, beside what it names. */
  check(template: SynthesizedTemplate, templatePath: string): Iterable<Finding>;
}
