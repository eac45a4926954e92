// What tests of a template read in it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { z } from 'zod';
import { checkedApp } from './stack.ts';
import type { LatchkeyStack } from './stack.ts';

const properties = z.record(z.string(), z.unknown());
const resources = z.record(z.string(), z.object({ Type: z.string(), Properties: properties.default({}) }));
const containers = z.array(properties);
// What only a deployment knows is a reference.
const value = z.unknown().transform((it) => (typeof it === 'string' ? it : JSON.stringify(it)));
const variables = z.array(z.object({ Name: z.string(), Value: value }));
const attributes = z.array(z.object({ Key: z.string(), Value: value }));
const report = z.object({
  pluginReports: z.array(z.object({ violations: z.array(z.object({ ruleName: z.string() })) })),
});

export type Properties = z.infer<typeof properties>;

/** Both templates of a stack, and what the checks say of them. */
export function synthesised(make: (app: App) => LatchkeyStack) {
  const app = checkedApp();
  const stack = make(app);
  return {
    template: Template.fromStack(stack),
    upstreams: Template.fromStack(stack.upstreams),
    assembly: app.synth(),
  };
}

export function typesIn(template: Template): string[] {
  return Object.values(resources.parse(template.toJSON()['Resources'])).map(({ Type }) => Type);
}

export function violationsIn({ directory }: CloudAssembly): string[] {
  const text = readFileSync(join(directory, 'validation-report.json'), 'utf8');
  const { pluginReports } = report.parse(JSON.parse(text));
  return pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
}

export function propertiesOf(template: Template, type: string, idPart = ''): Properties[] {
  return Object.entries(resources.parse(template.findResources(type)))
    .filter(([id]) => id.toLowerCase().includes(idPart.toLowerCase()))
    .map(([, resource]) => resource.Properties);
}

export function containerOf(task: Properties | undefined, name: string): Properties | undefined {
  return containers
    .parse(task?.['ContainerDefinitions'] ?? [])
    .find((container) => container['Name'] === name);
}

export function containerIn(template: Template, name: string): Properties | undefined {
  return propertiesOf(template, 'AWS::ECS::TaskDefinition')
    .map((task) => containerOf(task, name))
    .find((container) => container !== undefined);
}

export function variablesOf(container: Properties | undefined): Map<string, string> {
  const set = variables.parse(container?.['Environment'] ?? []);
  return new Map(set.map(({ Name, Value }) => [Name, Value]));
}

export function attributesOf(template: Template, type: string): Map<string, string> {
  return attributesIn(propertiesOf(template, type)[0]?.['LoadBalancerAttributes']);
}

export function attributesIn(written: unknown): Map<string, string> {
  return new Map(attributes.parse(written).map(({ Key, Value }) => [Key, Value]));
}
