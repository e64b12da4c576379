import * as z from 'zod/mini';
import { attribute, type ReferenceTarget, reference } from './references.ts';
import { pseudoParameter, type Stack } from './stack.ts';
import { type Template, TemplateError, type TemplateResource } from './template.ts';

const JoinArguments = z.tuple([z.string(), z.unknown()]);
const SelectArguments = z.tuple([z.union([z.string(), z.number()]), z.unknown()]);
const SplitArguments = z.tuple([z.string(), z.unknown()]);
const SubArguments = z.union([z.string(), z.tuple([z.string(), z.record(z.string(), z.unknown())])]);
const AttributeArguments = z.union([z.string(), z.tuple([z.string(), z.string()])]);
const Strings = z.array(z.string());

/** Resolves a template's intrinsic functions to the values that they would have after a deployment. */
export class Resolver {
  readonly template: Template;
  readonly stack: Stack;
  readonly #resolving = new Set<string>();

  constructor(template: Template, stack: Stack) {
    this.template = template;
    this.stack = stack;
  }

  /** The logical ids of the resources of one type, in template order. */
  idsOf(type: string): string[] {
    return Object.entries(this.template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId]) => logicalId);
  }

  /**
   * The properties of a resource that `schema` names, resolved. Other properties are left alone, so a function that this
   * gateway does not know is harmless if nothing depends on it.
   */
  read<Schema extends z.ZodMiniObject>(logicalId: string, schema: Schema): z.output<Schema> {
    const properties = this.#resource(logicalId, logicalId).Properties ?? {};
    const picked: Record<string, unknown> = {};
    for (const name of Object.keys(schema.shape)) {
      const value = this.#resolve(properties[name], `${logicalId}.${name}`);
      if (value !== undefined) picked[name] = value;
    }
    const result = z.safeParse(schema, picked);
    if (!result.success) {
      throw new TemplateError(`${logicalId}: ${z.prettifyError(result.error)}`);
    }
    return result.data;
  }

  /** The string that a value resolves to. */
  text(value: unknown, where: string): string {
    return asString(this.#resolve(value, where), where);
  }

  /** The value of `Ref` for the logical id. */
  ref(logicalId: string, where = logicalId): string {
    return reference(this.stack, this.#target(logicalId, where));
  }

  /** The value of `Fn::GetAtt` for the logical id. */
  getAtt(logicalId: string, name: string, where = logicalId): string {
    const target = this.#target(logicalId, where);
    const value = attribute(this.stack, target, name);
    if (value === undefined) {
      throw new TemplateError(`${where}: cannot resolve ${name} of ${logicalId} (${target.type})`);
    }
    return value;
  }

  #resource(logicalId: string, where: string): TemplateResource {
    const resource = Object.hasOwn(this.template.Resources, logicalId)
      ? this.template.Resources[logicalId]
      : undefined;
    if (resource === undefined) {
      throw new TemplateError(`${where} refers to ${logicalId}, which the template does not have`);
    }
    if (resource.Condition !== undefined) {
      throw new TemplateError(`${logicalId} has a Condition, which is not supported`);
    }
    return resource;
  }

  #target(logicalId: string, where: string): ReferenceTarget {
    const resource = this.#resource(logicalId, where);
    return {
      logicalId,
      type: resource.Type,
      property: (name) => {
        if (this.#resolving.has(logicalId)) {
          throw new TemplateError(`${where}: the name of ${logicalId} depends on itself`);
        }
        this.#resolving.add(logicalId);
        try {
          const value = this.#resolve(resource.Properties?.[name], `${logicalId}.${name}`);
          return typeof value === 'string' ? value : undefined;
        } finally {
          this.#resolving.delete(logicalId);
        }
      },
    };
  }

  #resolve(value: unknown, where: string): unknown {
    if (Array.isArray(value)) {
      return value.map((item, index) => this.#resolve(item, `${where}[${index}]`));
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const entries = Object.entries(value);
    const [only] = entries;
    if (only !== undefined && entries.length === 1) {
      const [name, argument] = only;
      if (name === 'Ref') {
        return this.#named(this.#arguments(z.string(), name, argument, where), where);
      }
      if (name.startsWith('Fn::')) {
        return this.#call(name, argument, where);
      }
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, this.#resolve(item, `${where}.${key}`)] as const),
    );
  }

  #named(name: string, where: string): string {
    if (!name.startsWith('AWS::')) return this.ref(name, where);
    const value = pseudoParameter(this.stack, name);
    if (value === undefined) throw new TemplateError(`${where}: cannot resolve ${name}`);
    return value;
  }

  #call(name: string, argument: unknown, where: string): unknown {
    switch (name) {
      case 'Fn::GetAtt': {
        const parsed = this.#arguments(AttributeArguments, name, argument, where);
        const [logicalId, attributeName] = typeof parsed === 'string' ? splitAttribute(parsed) : parsed;
        return this.getAtt(logicalId, attributeName, where);
      }
      case 'Fn::Join': {
        const [delimiter, list] = this.#arguments(JoinArguments, name, argument, where);
        return this.#strings(name, list, where).join(delimiter);
      }
      case 'Fn::Select': {
        const [index, list] = this.#arguments(SelectArguments, name, argument, where);
        const item = this.#strings(name, list, where)[Number(index)];
        if (item === undefined) {
          throw new TemplateError(`${where}: Fn::Select has no item ${index}`);
        }
        return item;
      }
      case 'Fn::Split': {
        const [delimiter, text] = this.#arguments(SplitArguments, name, argument, where);
        return this.text(text, where).split(delimiter);
      }
      case 'Fn::Sub':
        return this.#substitute(this.#arguments(SubArguments, name, argument, where), where);
      default:
        throw new TemplateError(`${where}: ${name} is not supported`);
    }
  }

  #substitute(argument: z.output<typeof SubArguments>, where: string): string {
    const [text, variables] = typeof argument === 'string' ? [argument, {}] : argument;
    return text.replaceAll(/\$\{(!?)([^}]*)\}/g, (_match, literal: string, name: string) => {
      if (literal === '!') {
        return `\${${name}}`;
      }
      if (Object.hasOwn(variables, name)) {
        return this.text(variables[name], where);
      }
      if (!name.startsWith('AWS::') && name.includes('.')) {
        return this.getAtt(...splitAttribute(name), where);
      }
      return this.#named(name, where);
    });
  }

  #strings(name: string, value: unknown, where: string): string[] {
    return this.#arguments(Strings, name, this.#resolve(value, where), where);
  }

  #arguments<Output>(schema: z.ZodMiniType<Output>, name: string, argument: unknown, where: string): Output {
    const result = z.safeParse(schema, argument);
    if (!result.success) {
      throw new TemplateError(`${where}: ${name} cannot be resolved from ${JSON.stringify(argument)}`);
    }
    return result.data;
  }
}

function splitAttribute(text: string): [logicalId: string, attribute: string] {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}

function asString(value: unknown, where: string): string {
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  throw new TemplateError(`${where}: expected a string, got ${JSON.stringify(value)}`);
}
