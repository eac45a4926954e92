import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import type { Environment } from './environment.ts';
import { namesOf } from './hosts.ts';

/**
 * The certificates of the load balancer, the first for clients that name no host: those that are given, or one that is
 * validated by DNS. In that case the names in the zone lead to the load balancer, too.
 */
export function certificatesOf(
  scope: Construct,
  { certificate, domain, authHost, furtherHosts }: Environment,
  alb: ApplicationLoadBalancer,
): ICertificate[] {
  if ('arns' in certificate) {
    return certificate.arns.map((arn) => Certificate.fromCertificateArn(scope, `Given-${arn}`, arn));
  }
  const { id: hostedZoneId, name: zoneName } = certificate.hostedZone;
  const zone = HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId, zoneName });
  const names = namesOf({ domain, authHost, furtherHosts });
  const [domainName = domain, ...subjectAlternativeNames] = names;
  for (const name of names) {
    new ARecord(scope, `Name-${name}`, {
      zone,
      recordName: `${name}.`,
      target: RecordTarget.fromAlias(new LoadBalancerTarget(alb)),
    });
  }
  const validation = CertificateValidation.fromDns(zone);
  return [new Certificate(scope, 'Certificate', { domainName, subjectAlternativeNames, validation })];
}
