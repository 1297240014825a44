"""What AWS knows about a job's keys, principals and buckets, in the shapes of the AWS API's own answers."""
