//! Groups of the consumer protocol: request, records, reply, tick.

use super::run;

#[test]
fn one_member_has_all_and_leaves() {
    insta::assert_snapshot!(run("
        hb g member=a topics=t
        hb g member=a epoch=1
        hb g member=a epoch=1 owns=t0,t1,t2,t3
        commit g member=a gen=1 offset=5
        commit g member=a gen=2 offset=5
        commit g member=b gen=1 offset=5
        commit g member=a gen=1 offset=5 v=8
        hb g member=a epoch=-1
        delete g
    "), @r#"
    > hb g member=a topics=t
      log g a reads t
      log g epoch 1
      log g target of a [t0 t1 t2 t3]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3]
      #1 hb epoch 1 [t0 t1 t2 t3]
    > hb g member=a epoch=1
      #2 hb epoch 1
    > hb g member=a epoch=1 owns=t0,t1,t2,t3
      #3 hb epoch 1
    > commit g member=a gen=1 offset=5
      log g t-0 at 5
      #4 commit ok
    > commit g member=a gen=2 offset=5
      #5 commit StaleMemberEpoch
    > commit g member=b gen=1 offset=5
      #6 commit UnknownMember
    > commit g member=a gen=1 offset=5 v=8
      #7 commit UnsupportedVersion
    > hb g member=a epoch=-1
      log g a has nothing
      log g target of a gone
      log g a gone
      log g epoch 2
      #8 hb epoch -1
    > delete g
      log g t-0 gone
      log g target epoch gone
      log g gone
      #9 delete ok
    "#);
}

#[test]
fn partitions_are_given_up_before_they_are_granted() {
    insta::assert_snapshot!(run("
        hb g member=a topics=t
        hb g member=b topics=t
        hb g member=a epoch=1
        hb g member=b epoch=2
        commit g member=a gen=1 offset=7 partition=3
        hb g member=a epoch=1 owns=t0,t1
        commit g member=a gen=1 offset=8 partition=0
        commit g member=a gen=1 offset=8 partition=3
        hb g member=b epoch=2
        hb g member=b epoch=2 owns=t2,t3
    "), @r#"
    > hb g member=a topics=t
      log g a reads t
      log g epoch 1
      log g target of a [t0 t1 t2 t3]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3]
      #1 hb epoch 1 [t0 t1 t2 t3]
    > hb g member=b topics=t
      log g b reads t
      log g epoch 2
      log g target of a [t0 t1]
      log g target of b [t2 t3]
      log g target epoch 2
      log g b at 2 UnreleasedPartitions has []
      #2 hb epoch 2 []
    > hb g member=a epoch=1
      log g a at 1 UnrevokedPartitions has [t0 t1] gives up [t2 t3]
      #3 hb epoch 1 [t0 t1]
    > hb g member=b epoch=2
      log g b at 2 UnreleasedPartitions has []
      #4 hb epoch 2
    > commit g member=a gen=1 offset=7 partition=3
      log g t-3 at 7
      #5 commit ok
    > hb g member=a epoch=1 owns=t0,t1
      log g a at 2 Stable has [t0 t1]
      #6 hb epoch 2
    > commit g member=a gen=1 offset=8 partition=0
      log g t-0 at 8
      #7 commit ok
    > commit g member=a gen=1 offset=8 partition=3
      #8 commit StaleMemberEpoch
    > hb g member=b epoch=2
      log g b at 2 Stable has [t2 t3]
      #9 hb epoch 2 [t2 t3]
    > hb g member=b epoch=2 owns=t2,t3
      #10 hb epoch 2
    "#);
}

#[test]
fn who_does_not_give_up_in_time_is_out() {
    insta::assert_snapshot!(run("
        hb g member=a topics=t rebalance=10000
        hb g member=b topics=t
        hb g member=a epoch=1
        tick 9000
        hb g member=a epoch=1
        tick 1000
        hb g member=a epoch=1
        hb g member=b epoch=2
        hb g member=b epoch=3
    "), @r#"
    > hb g member=a topics=t rebalance=10000
      log g a reads t
      log g epoch 1
      log g target of a [t0 t1 t2 t3]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3]
      #1 hb epoch 1 [t0 t1 t2 t3]
    > hb g member=b topics=t
      log g b reads t
      log g epoch 2
      log g target of a [t0 t1]
      log g target of b [t2 t3]
      log g target epoch 2
      log g b at 2 UnreleasedPartitions has []
      #2 hb epoch 2 []
    > hb g member=a epoch=1
      log g a at 1 UnrevokedPartitions has [t0 t1] gives up [t2 t3]
      #3 hb epoch 1 [t0 t1]
    > tick 9000
    > hb g member=a epoch=1
      #4 hb epoch 1
    > tick 1000
      at 10000 revocation by a
      log g a has nothing
      log g target of a gone
      log g a gone
      log g epoch 3
    > hb g member=a epoch=1
      #5 hb UnknownMember
    > hb g member=b epoch=2
      log g target of b [t0 t1 t2 t3]
      log g target epoch 3
      log g b at 3 Stable has [t0 t1 t2 t3]
      #6 hb epoch 3 [t0 t1 t2 t3]
    > hb g member=b epoch=3
      #7 hb epoch 3
    "#);
}

#[test]
fn who_is_silent_is_out() {
    insta::assert_snapshot!(run("
        hb g member=a topics=t
        tick 44000
        hb g member=a epoch=1
        tick 44999
        tick 1
        hb g member=a epoch=1
    "), @r#"
    > hb g member=a topics=t
      log g a reads t
      log g epoch 1
      log g target of a [t0 t1 t2 t3]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3]
      #1 hb epoch 1 [t0 t1 t2 t3]
    > tick 44000
    > hb g member=a epoch=1
      #2 hb epoch 1
    > tick 44999
    > tick 1
      at 89000 session of a
      log g a has nothing
      log g target of a gone
      log g a gone
      log g epoch 2
    > hb g member=a epoch=1
      #3 hb UnknownMember
    "#);
}

#[test]
fn an_answer_that_was_lost_is_given_again() {
    insta::assert_snapshot!(run("
        hb g member=a topics=t
        hb g member=b topics=t
        hb g member=a epoch=1
        hb g member=a epoch=1 owns=t0,t1
        hb g member=a epoch=1 owns=t0,t1 rebalance=30000 topics=t
        hb g member=a epoch=1 owns=t0,t1,t2
        hb g member=a epoch=3
        hb g member=x epoch=3
        hb g member=a epoch=0 topics=t
    "), @r#"
    > hb g member=a topics=t
      log g a reads t
      log g epoch 1
      log g target of a [t0 t1 t2 t3]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3]
      #1 hb epoch 1 [t0 t1 t2 t3]
    > hb g member=b topics=t
      log g b reads t
      log g epoch 2
      log g target of a [t0 t1]
      log g target of b [t2 t3]
      log g target epoch 2
      log g b at 2 UnreleasedPartitions has []
      #2 hb epoch 2 []
    > hb g member=a epoch=1
      log g a at 1 UnrevokedPartitions has [t0 t1] gives up [t2 t3]
      #3 hb epoch 1 [t0 t1]
    > hb g member=a epoch=1 owns=t0,t1
      log g a at 2 Stable has [t0 t1]
      #4 hb epoch 2
    > hb g member=a epoch=1 owns=t0,t1 rebalance=30000 topics=t
      #5 hb epoch 2 [t0 t1]
    > hb g member=a epoch=1 owns=t0,t1,t2
      #6 hb FencedMemberEpoch
    > hb g member=a epoch=3
      #7 hb FencedMemberEpoch
    > hb g member=x epoch=3
      #8 hb UnknownMember
    > hb g member=a epoch=0 topics=t
      #9 hb epoch 2 [t0 t1]
    "#);
}

#[test]
fn a_static_member_comes_back_to_what_it_had() {
    insta::assert_snapshot!(run("
        hb g member=a instance=i topics=t
        hb g member=b instance=i topics=t
        hb g member=b instance=i epoch=1
        hb g member=a instance=i epoch=-2
        hb g member=c topics=t
        hb g member=b instance=i topics=t
        hb g member=b instance=i epoch=2 owns=t0,t1
        hb g member=a instance=i epoch=1
        hb g member=c epoch=2
    "), @r#"
    > hb g member=a instance=i topics=t
      log g a(i) reads t
      log g epoch 1
      log g target of a [t0 t1 t2 t3]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3]
      #1 hb epoch 1 [t0 t1 t2 t3]
    > hb g member=b instance=i topics=t
      #2 hb UnreleasedInstance
    > hb g member=b instance=i epoch=1
      #3 hb FencedInstance
    > hb g member=a instance=i epoch=-2
      log g a at -2 Stable has [t0 t1 t2 t3]
      #4 hb epoch -2
    > hb g member=c topics=t
      log g c reads t
      log g epoch 2
      log g target of a [t0 t1]
      log g target of c [t2 t3]
      log g target epoch 2
      log g c at 2 UnreleasedPartitions has []
      #5 hb epoch 2 []
    > hb g member=b instance=i topics=t
      log g a has nothing
      log g target of a gone
      log g a gone
      log g b(i) reads t
      log g target of b [t0 t1]
      log g b at 0 Stable has [t0 t1 t2 t3]
      log g b at 2 Stable has [t0 t1]
      #6 hb epoch 2 [t0 t1]
    > hb g member=b instance=i epoch=2 owns=t0,t1
      #7 hb epoch 2
    > hb g member=a instance=i epoch=1
      #8 hb FencedInstance
    > hb g member=c epoch=2
      log g c at 2 Stable has [t2 t3]
      #9 hb epoch 2 [t2 t3]
    "#);
}

#[test]
fn expressions_follow_the_topics() {
    insta::assert_snapshot!(run("
        hb g member=a regex=(
        hb g member=a regex=[tu]
        hb g member=a epoch=1 owns=t0,t1,t2,t3,u0,u1
        topic u partitions=3
        hb g member=a epoch=1
        topic w partitions=1
        hb g member=a epoch=2 owns=t0,t1,t2,t3,u0,u1,u2
        topic u
        hb g member=a epoch=2
        hb g member=a epoch=2 owns=t0,t1,t2,t3
        hb g member=a epoch=3 regex= topics=t owns=t0,t1,t2,t3
    "), @r#"
    > hb g member=a regex=(
      #1 hb InvalidRegularExpression
    > hb g member=a regex=[tu]
      log g a reads  /[tu]/
      log g /[tu]/ is t u
      log g epoch 1
      log g target of a [t0 t1 t2 t3 u0 u1]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3 u0 u1]
      #2 hb epoch 1 [t0 t1 t2 t3 u0 u1]
    > hb g member=a epoch=1 owns=t0,t1,t2,t3,u0,u1
      #3 hb epoch 1
    > topic u partitions=3
    > hb g member=a epoch=1
      log g epoch 2
      log g target of a [t0 t1 t2 t3 u0 u1 u2]
      log g target epoch 2
      log g a at 2 Stable has [t0 t1 t2 t3 u0 u1 u2]
      #4 hb epoch 2 [t0 t1 t2 t3 u0 u1 u2]
    > topic w partitions=1
    > hb g member=a epoch=2 owns=t0,t1,t2,t3,u0,u1,u2
      #5 hb epoch 2
    > topic u
    > hb g member=a epoch=2
      log g /[tu]/ is t
      log g epoch 3
      log g target of a [t0 t1 t2 t3]
      log g target epoch 3
      log g a at 2 UnrevokedPartitions has [t0 t1 t2 t3] gives up [u0 u1 u2]
      #6 hb epoch 2 [t0 t1 t2 t3]
    > hb g member=a epoch=2 owns=t0,t1,t2,t3
      log g a at 3 Stable has [t0 t1 t2 t3]
      #7 hb epoch 3
    > hb g member=a epoch=3 regex= topics=t owns=t0,t1,t2,t3
      log g a reads t
      log g /[tu]/ gone
      log g epoch 4
      log g target epoch 4
      log g a at 4 Stable has [t0 t1 t2 t3]
      #8 hb epoch 4
    "#);
}

#[test]
fn the_members_choose_the_assignor() {
    insta::assert_snapshot!(run("
        hb g member=a topics=t,u assignor=none
        hb g member=a topics=t,u assignor=range
        hb g member=b topics=t,u
        hb g member=a epoch=1
    "), @r#"
    > hb g member=a topics=t,u assignor=none
      #1 hb UnsupportedAssignor
    > hb g member=a topics=t,u assignor=range
      log g a reads t u
      log g epoch 1
      log g target of a [t0 t1 t2 t3 u0 u1]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3 u0 u1]
      #2 hb epoch 1 [t0 t1 t2 t3 u0 u1]
    > hb g member=b topics=t,u
      log g b reads t u
      log g epoch 2
      log g target of a [t0 t1 u0]
      log g target of b [t2 t3 u1]
      log g target epoch 2
      log g b at 2 UnreleasedPartitions has []
      #3 hb epoch 2 []
    > hb g member=a epoch=1
      log g a at 1 UnrevokedPartitions has [t0 t1 u0] gives up [t2 t3 u1]
      #4 hb epoch 1 [t0 t1 u0]
    "#);
}

#[test]
fn a_full_group_takes_no_more() {
    insta::assert_snapshot!(run("
        hb g member=a topics=t
        hb g member=b topics=t
        hb g member=c topics=t
        hb g member=d topics=t
        hb g member=e topics=t
        join g member=f protocols=consumer topics=t
    "), @r#"
    > hb g member=a topics=t
      log g a reads t
      log g epoch 1
      log g target of a [t0 t1 t2 t3]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3]
      #1 hb epoch 1 [t0 t1 t2 t3]
    > hb g member=b topics=t
      log g b reads t
      log g epoch 2
      log g target of a [t0 t1]
      log g target of b [t2 t3]
      log g target epoch 2
      log g b at 2 UnreleasedPartitions has []
      #2 hb epoch 2 []
    > hb g member=c topics=t
      log g c reads t
      log g epoch 3
      log g target of b [t2]
      log g target of c [t3]
      log g target epoch 3
      log g c at 3 UnreleasedPartitions has []
      #3 hb epoch 3 []
    > hb g member=d topics=t
      log g d reads t
      log g epoch 4
      log g target of a [t0]
      log g target of d [t1]
      log g target epoch 4
      log g d at 4 UnreleasedPartitions has []
      #4 hb epoch 4 []
    > hb g member=e topics=t
      #5 hb GroupFull
    > join g member=f protocols=consumer topics=t
      #6 join GroupFull f
    "#);
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    insta::assert_snapshot!(run("
        hb g member=a epoch=1
        hb g topics=t
        hb g member=a epoch=0
        hb g member=a epoch=0 topics=t owns=t1
        hb g member=a epoch=-3
        hb g member=a epoch=-2
        hb g member=a epoch=-1
    "), @r#"
    > hb g member=a epoch=1
      #1 hb NotFound
    > hb g topics=t
      #2 hb InvalidRequest("MemberId can't be empty.")
    > hb g member=a epoch=0
      #3 hb InvalidRequest("Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.")
    > hb g member=a epoch=0 topics=t owns=t1
      #4 hb InvalidRequest("TopicPartitions must be empty when (re-)joining.")
    > hb g member=a epoch=-3
      #5 hb InvalidRequest("MemberEpoch is invalid.")
    > hb g member=a epoch=-2
      #6 hb InvalidRequest("InstanceId can't be null.")
    > hb g member=a epoch=-1
      #7 hb NotFound
    "#);
}

#[test]
fn state_outlives_a_restart() {
    insta::assert_snapshot!(run("
        hb g member=a topics=t
        hb g member=b topics=t
        hb g member=a epoch=1
        reload
        hb g member=b epoch=2
        hb g member=a epoch=1 owns=t0,t1
        hb g member=b epoch=2
        tick 45000
        expire
        hb g member=a epoch=2
    "), @r#"
    > hb g member=a topics=t
      log g a reads t
      log g epoch 1
      log g target of a [t0 t1 t2 t3]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3]
      #1 hb epoch 1 [t0 t1 t2 t3]
    > hb g member=b topics=t
      log g b reads t
      log g epoch 2
      log g target of a [t0 t1]
      log g target of b [t2 t3]
      log g target epoch 2
      log g b at 2 UnreleasedPartitions has []
      #2 hb epoch 2 []
    > hb g member=a epoch=1
      log g a at 1 UnrevokedPartitions has [t0 t1] gives up [t2 t3]
      #3 hb epoch 1 [t0 t1]
    > reload
    > hb g member=b epoch=2
      log g b at 2 UnreleasedPartitions has []
      #4 hb epoch 2
    > hb g member=a epoch=1 owns=t0,t1
      log g a at 2 Stable has [t0 t1]
      #5 hb epoch 2
    > hb g member=b epoch=2
      log g b at 2 Stable has [t2 t3]
      #6 hb epoch 2 [t2 t3]
    > tick 45000
      at 45000 session of a
      log g a has nothing
      log g target of a gone
      log g a gone
      log g epoch 3
      at 45000 session of b
      log g b has nothing
      log g target of b gone
      log g b gone
      log g epoch 4
    > expire
      log g target epoch gone
      log g gone
    > hb g member=a epoch=2
      #7 hb NotFound
    "#);
}

#[test]
fn a_classic_group_becomes_a_consumer_group_and_back() {
    insta::assert_snapshot!(run("
        join g v=3 protocols=consumer topics=t
        tick 3000
        sync g member=c-1 gen=1 assign=c-1:
        hb g member=n topics=t
        beat g member=c-1 gen=1
        join g member=c-1 protocols=consumer topics=t owns=t0,t1,t2,t3
        sync g member=c-1 gen=1
        join g member=c-1 protocols=consumer topics=t owns=t0,t1
        sync g member=c-1 gen=2
        hb g member=n epoch=2
        commit g member=c-1 gen=2 offset=3
        beat g member=c-1 gen=2
        hb g member=n epoch=-1
        beat g member=c-1 gen=2
        join g member=c-1 protocols=consumer topics=t
        sync g member=c-1 gen=4 assign=c-1:all
    "), @r#"
    > join g v=3 protocols=consumer topics=t
    > tick 3000
      at 3000 join phase
      #1 join c-1 gen=1 range leader=c-1 [c-1:\x00\x03\x00\x00\x00\x01\x00\x01t\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff]
    > sync g member=c-1 gen=1 assign=c-1:
      log g gen=1 range leader=c-1 [c-1:]
      #2 sync ''
    > hb g member=n topics=t
      log g gone
      log g c-1 reads t classic
      log g epoch 1
      log g target of c-1 []
      log g target epoch 1
      log g c-1 at 1 Stable has []
      log g n reads t
      log g epoch 2
      log g target of c-1 [t0 t1]
      log g target of n [t2 t3]
      log g target epoch 2
      log g n at 2 Stable has [t2 t3]
      #3 hb epoch 2 [t2 t3]
    > beat g member=c-1 gen=1
      #4 beat RebalanceInProgress
    > join g member=c-1 protocols=consumer topics=t owns=t0,t1,t2,t3
      log g c-1 reads t classic
      log g c-1 at 2 Stable has [t0 t1]
      #5 join c-1 gen=2 range leader= []
    > sync g member=c-1 gen=1
      #6 sync IllegalGeneration
    > join g member=c-1 protocols=consumer topics=t owns=t0,t1
      log g c-1 reads t classic
      #7 join c-1 gen=2 range leader= []
    > sync g member=c-1 gen=2
      #8 sync '\x00\x03\x00\x00\x00\x01\x00\x01t\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01\xff\xff\xff\xff'
    > hb g member=n epoch=2
      #9 hb epoch 2
    > commit g member=c-1 gen=2 offset=3
      log g t-0 at 3
      #10 commit ok
    > beat g member=c-1 gen=2
      #11 beat ok
    > hb g member=n epoch=-1
      log g c-1 has nothing
      log g n has nothing
      log g target of c-1 gone
      log g target of n gone
      log g target epoch gone
      log g c-1 gone
      log g n gone
      log g gone
      log g gen=2 range leader=c-1 [c-1:\x00\x03\x00\x00\x00\x01\x00\x01t\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01\xff\xff\xff\xff]
      #12 hb epoch -1
    > beat g member=c-1 gen=2
      #13 beat RebalanceInProgress
    > join g member=c-1 protocols=consumer topics=t
      #14 join c-1 gen=3 range leader=c-1 [c-1:\x00\x03\x00\x00\x00\x01\x00\x01t\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff]
    > sync g member=c-1 gen=4 assign=c-1:all
      #15 sync IllegalGeneration
    "#);
}

#[test]
fn who_waits_in_a_classic_group_is_sent_to_join_again() {
    insta::assert_snapshot!(run("
        join g v=3 protocols=consumer topics=t
        hb g member=n topics=t
        join g v=3 protocols=consumer topics=t
        sync g member=c-3 gen=2
        tick 30000
        hb g member=n epoch=1
    "), @r#"
    > join g v=3 protocols=consumer topics=t
    > hb g member=n topics=t
      log g gone
      log g c-1 reads t classic
      log g epoch 0
      log g target of c-1 []
      log g target epoch 0
      log g c-1 at 0 Stable has []
      log g n reads t
      log g epoch 1
      log g target of c-1 [t0 t1]
      log g target of n [t2 t3]
      log g target epoch 1
      log g n at 1 Stable has [t2 t3]
      #1 join RebalanceInProgress c-1
      #2 hb epoch 1 [t2 t3]
    > join g v=3 protocols=consumer topics=t
      log g c-2 reads t classic
      log g epoch 2
      log g target of c-2 [t3]
      log g target of n [t2]
      log g target epoch 2
      log g c-2 at 2 UnreleasedPartitions has []
      #3 join c-2 gen=2 range leader= []
    > sync g member=c-3 gen=2
      #4 sync UnknownMember
    > tick 30000
      at 10000 session of c-1
      log g c-1 has nothing
      log g target of c-1 gone
      log g c-1 gone
      log g epoch 3
      at 10000 session of c-2
      log g c-2 has nothing
      log g target of c-2 gone
      log g c-2 gone
      log g epoch 4
    > hb g member=n epoch=1
      log g target of n [t0 t1 t2 t3]
      log g target epoch 4
      log g n at 4 Stable has [t0 t1 t2 t3]
      #5 hb epoch 4 [t0 t1 t2 t3]
    "#);
}

#[test]
fn a_group_of_another_type_is_not_taken_over() {
    insta::assert_snapshot!(run("
        join g v=3
        hb g member=n topics=t
        tick 20000
        hb h member=a topics=t
        join h v=3
        hb h member=a epoch=-1
        join h v=3
        commit h offset=1
    "), @r#"
    > join g v=3
    > hb g member=n topics=t
      #2 hb NotFound
    > tick 20000
      at 3000 join phase
      #1 join c-1 gen=1 range leader=c-1 [c-1:t]
      at 13000 session of c-1
      log g gen=2 - leader=- []
    > hb h member=a topics=t
      log h a reads t
      log h epoch 1
      log h target of a [t0 t1 t2 t3]
      log h target epoch 1
      log h a at 1 Stable has [t0 t1 t2 t3]
      #3 hb epoch 1 [t0 t1 t2 t3]
    > join h v=3
      #4 join InconsistentProtocol 
    > hb h member=a epoch=-1
      log h a has nothing
      log h target of a gone
      log h a gone
      log h epoch 2
      #5 hb epoch -1
    > join h v=3
      log h target epoch gone
      log h gone
    > commit h offset=1
      #7 commit UnknownMember
    "#);
}

#[test]
fn a_classic_static_member_takes_the_place_of_the_last_other() {
    insta::assert_snapshot!(run("
        hb g member=a instance=i topics=t
        join g instance=i protocols=consumer topics=t
        sync g member=c-1 instance=i gen=1
        beat g member=c-1 instance=i gen=1
    "), @r#"
    > hb g member=a instance=i topics=t
      log g a(i) reads t
      log g epoch 1
      log g target of a [t0 t1 t2 t3]
      log g target epoch 1
      log g a at 1 Stable has [t0 t1 t2 t3]
      #1 hb epoch 1 [t0 t1 t2 t3]
    > join g instance=i protocols=consumer topics=t
      log g a has nothing
      log g target of a gone
      log g a gone
      log g c-1(i) reads t
      log g target of c-1 [t0 t1 t2 t3]
      log g c-1 at 0 Stable has [t0 t1 t2 t3]
      log g c-1(i) reads t classic
      log g c-1 at 1 Stable has [t0 t1 t2 t3]
      log g c-1 has nothing
      log g target of c-1 gone
      log g target epoch gone
      log g c-1 gone
      log g gone
      log g gen=1 range leader=c-1 [c-1(i):\x00\x03\x00\x00\x00\x01\x00\x01t\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\xff\xff\xff\xff]
      #2 join c-1 gen=1 range leader= []
    > sync g member=c-1 instance=i gen=1
      #3 sync '\x00\x03\x00\x00\x00\x01\x00\x01t\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\xff\xff\xff\xff'
    > beat g member=c-1 instance=i gen=1
      #4 beat ok
    "#);
}
