import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';

// AWS' common rule set is not among them: it refuses bodies over 8 KB, and with them every upload.
const managedRules = ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesKnownBadInputsRuleSet'];
// A company behind one address opens a page of many files.
const requestsInFiveMinutes = 20_000;

/** Puts a web ACL in front of the load balancer: one that is there, or one of AWS' lists and a limit for each address. */
export function protectBalancer(
  scope: Construct,
  firewall: string,
  { loadBalancerArn }: ApplicationLoadBalancer,
): void {
  const webAclArn = firewall === 'managed' ? managedAcl(scope) : firewall;
  new CfnWebACLAssociation(scope, 'FirewallAssociation', { resourceArn: loadBalancerArn, webAclArn });
}

function managedAcl(scope: Construct): string {
  const acl = new CfnWebACL(scope, 'Firewall', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: countedAs('firewall'),
    rules: [
      ...managedRules.map((name, priority) => ({
        name,
        priority,
        overrideAction: { none: {} },
        statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
        visibilityConfig: countedAs(name),
      })),
      {
        name: 'flood',
        priority: managedRules.length,
        action: { block: { customResponse: { responseCode: 429 } } },
        statement: { rateBasedStatement: { limit: requestsInFiveMinutes, aggregateKeyType: 'IP' } },
        visibilityConfig: countedAs('flood'),
      },
    ],
  });
  return acl.attrArn;
}

function countedAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
