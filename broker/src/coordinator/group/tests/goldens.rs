use super::run;

#[test]
fn a_member_gets_its_id_then_joins_and_syncs() {
    insta::assert_snapshot!(run("
        join g
        join g member=c-1
        tick 3000
        sync g member=c-1 gen=1 assign=c-1:all
        beat g member=c-1 gen=1
        commit g member=c-1 gen=1 offset=5 metadata=note
        leave g member=c-1
    "), @r#"
    > join g
      #1 join MemberIdRequired c-1
    > join g member=c-1
    > tick 3000
      at 3000 join phase
      #2 join c-1 gen=1 range leader=c-1 [c-1:t]
    > sync g member=c-1 gen=1 assign=c-1:all
      log g gen=1 range leader=c-1 [c-1:all]
      #3 sync 'all'
    > beat g member=c-1 gen=1
      #4 beat ok
    > commit g member=c-1 gen=1 offset=5 metadata=note
      log g t-0 at 5
      #5 commit ok
    > leave g member=c-1
      log g gen=2 - leader=- []
      #6 leave ok
    "#);
}

#[test]
fn three_members_come_and_one_goes() {
    insta::assert_snapshot!(run("
        join g v=3 client=a
        tick 1000
        join g v=3 client=b
        tick 5000
        sync g member=b-2 gen=1
        sync g member=a-1 gen=1 assign=a-1:x,b-2:y
        join g v=3 client=c
        beat g member=a-1 gen=1
        beat g member=b-2 gen=1
        join g member=a-1 v=3
        join g member=b-2 v=3
        sync g member=c-3 gen=2
        sync g member=b-2 gen=2
        sync g member=a-1 gen=2 assign=a-1:1,b-2:2,c-3:3
        leave g member=b-2
        beat g member=a-1 gen=2
        join g member=a-1 v=3
        join g member=c-3 v=3
    "), @r#"
    > join g v=3 client=a
    > tick 1000
    > join g v=3 client=b
    > tick 5000
      at 3000 join phase
      at 6000 join phase
      #1 join a-1 gen=1 range leader=a-1 [a-1:t b-2:t]
      #2 join b-2 gen=1 range leader=a-1 []
    > sync g member=b-2 gen=1
    > sync g member=a-1 gen=1 assign=a-1:x,b-2:y
      log g gen=1 range leader=a-1 [a-1:x b-2:y]
      #4 sync 'x'
      #3 sync 'y'
    > join g v=3 client=c
    > beat g member=a-1 gen=1
      #6 beat RebalanceInProgress
    > beat g member=b-2 gen=1
      #7 beat RebalanceInProgress
    > join g member=a-1 v=3
    > join g member=b-2 v=3
      #8 join a-1 gen=2 range leader=a-1 [a-1:t b-2:t c-3:t]
      #9 join b-2 gen=2 range leader=a-1 []
      #5 join c-3 gen=2 range leader=a-1 []
    > sync g member=c-3 gen=2
    > sync g member=b-2 gen=2
    > sync g member=a-1 gen=2 assign=a-1:1,b-2:2,c-3:3
      log g gen=2 range leader=a-1 [a-1:1 b-2:2 c-3:3]
      #12 sync '1'
      #11 sync '2'
      #10 sync '3'
    > leave g member=b-2
      #13 leave ok
    > beat g member=a-1 gen=2
      #14 beat RebalanceInProgress
    > join g member=a-1 v=3
    > join g member=c-3 v=3
      #15 join a-1 gen=3 range leader=a-1 [a-1:t c-3:t]
      #16 join c-3 gen=3 range leader=a-1 []
    "#);
}

#[test]
fn a_silent_member_is_dropped_and_the_others_go_on() {
    insta::assert_snapshot!(run("
        join g v=3 client=a session=10000
        join g v=3 client=b session=5000
        tick 6000
        sync g member=b-2 gen=1
        sync g member=a-1 gen=1 assign=a-1:x,b-2:y
        tick 4000
        beat g member=a-1 gen=1
        tick 2000
        beat g member=a-1 gen=1
        join g member=a-1 v=3
    "), @r#"
    > join g v=3 client=a session=10000
    > join g v=3 client=b session=5000
    > tick 6000
      at 3000 join phase
      at 6000 join phase
      #1 join a-1 gen=1 range leader=a-1 [a-1:t b-2:t]
      #2 join b-2 gen=1 range leader=a-1 []
    > sync g member=b-2 gen=1
    > sync g member=a-1 gen=1 assign=a-1:x,b-2:y
      log g gen=1 range leader=a-1 [a-1:x b-2:y]
      #4 sync 'x'
      #3 sync 'y'
    > tick 4000
    > beat g member=a-1 gen=1
      #5 beat ok
    > tick 2000
      at 11000 session of b-2
    > beat g member=a-1 gen=1
      #6 beat RebalanceInProgress
    > join g member=a-1 v=3
      #7 join a-1 gen=2 range leader=a-1 [a-1:t]
    "#);
}

#[test]
fn who_does_not_come_back_to_a_rebalance_is_out() {
    insta::assert_snapshot!(run("
        join g v=3 client=a rebalance=8000 session=20000
        join g v=3 client=b rebalance=8000 session=20000
        tick 8000
        sync g member=b-2 gen=1
        sync g member=a-1 gen=1 assign=a-1:x,b-2:y
        join g member=a-1 v=3 rebalance=8000
        tick 8000
        sync g member=a-1 gen=2 assign=a-1:all
        beat g member=b-2 gen=1
    "), @r#"
    > join g v=3 client=a rebalance=8000 session=20000
    > join g v=3 client=b rebalance=8000 session=20000
    > tick 8000
      at 3000 join phase
      at 6000 join phase
      #1 join a-1 gen=1 range leader=a-1 [a-1:t b-2:t]
      #2 join b-2 gen=1 range leader=a-1 []
    > sync g member=b-2 gen=1
    > sync g member=a-1 gen=1 assign=a-1:x,b-2:y
      log g gen=1 range leader=a-1 [a-1:x b-2:y]
      #4 sync 'x'
      #3 sync 'y'
    > join g member=a-1 v=3 rebalance=8000
    > tick 8000
      at 16000 join phase
      #5 join a-1 gen=2 range leader=a-1 [a-1:t]
    > sync g member=a-1 gen=2 assign=a-1:all
      log g gen=2 range leader=a-1 [a-1:all]
      #6 sync 'all'
    > beat g member=b-2 gen=1
      #7 beat UnknownMember
    "#);
}

#[test]
fn who_does_not_ask_for_its_assignment_is_out() {
    insta::assert_snapshot!(run("
        join g v=3 client=a rebalance=6000 session=20000
        join g v=3 client=b rebalance=6000 session=20000
        tick 6000
        sync g member=a-1 gen=1 assign=a-1:x,b-2:y
        tick 6000
        beat g member=a-1 gen=1
        join g member=a-1 v=3
    "), @r#"
    > join g v=3 client=a rebalance=6000 session=20000
    > join g v=3 client=b rebalance=6000 session=20000
    > tick 6000
      at 3000 join phase
      at 6000 join phase
      #1 join a-1 gen=1 range leader=a-1 [a-1:t b-2:t]
      #2 join b-2 gen=1 range leader=a-1 []
    > sync g member=a-1 gen=1 assign=a-1:x,b-2:y
      log g gen=1 range leader=a-1 [a-1:x b-2:y]
      #3 sync 'x'
    > tick 6000
      at 12000 sync phase
    > beat g member=a-1 gen=1
      #4 beat RebalanceInProgress
    > join g member=a-1 v=3
      #5 join a-1 gen=2 range leader=a-1 [a-1:t]
    "#);
}

#[test]
fn a_static_member_comes_back_without_a_rebalance() {
    insta::assert_snapshot!(run("
        join g instance=i1 client=a
        tick 3000
        sync g member=a-1 instance=i1 gen=1 assign=a-1:all
        join g instance=i1 client=a
        beat g member=a-1 instance=i1 gen=1
        beat g member=a-2 instance=i1 gen=1
        sync g member=a-2 instance=i1 gen=1
        join g instance=i1 client=a v=5
        leave g instance=i1
    "), @r#"
    > join g instance=i1 client=a
    > tick 3000
      at 3000 join phase
      #1 join a-1 gen=1 range leader=a-1 [a-1:t]
    > sync g member=a-1 instance=i1 gen=1 assign=a-1:all
      log g gen=1 range leader=a-1 [a-1(i1):all]
      #2 sync 'all'
    > join g instance=i1 client=a
      log g gen=1 range leader=a-2 [a-2(i1):all]
      #3 join a-2 gen=1 range leader=a-2 skip [a-2:t]
    > beat g member=a-1 instance=i1 gen=1
      #4 beat FencedInstance
    > beat g member=a-2 instance=i1 gen=1
      #5 beat ok
    > sync g member=a-2 instance=i1 gen=1
      #6 sync 'all'
    > join g instance=i1 client=a v=5
      log g gen=1 range leader=a-3 [a-3(i1):all]
      #7 join a-3 gen=1 range leader=a-2 []
    > leave g instance=i1
      log g gen=2 - leader=- []
      #8 leave ok
    "#);
}

#[test]
fn a_static_member_with_new_protocols_rebalances() {
    insta::assert_snapshot!(run("
        join g instance=i1 client=a
        tick 3000
        sync g member=a-1 instance=i1 gen=1 assign=a-1:all
        join g instance=i1 client=a protocols=range:other
    "), @r#"
    > join g instance=i1 client=a
    > tick 3000
      at 3000 join phase
      #1 join a-1 gen=1 range leader=a-1 [a-1:t]
    > sync g member=a-1 instance=i1 gen=1 assign=a-1:all
      log g gen=1 range leader=a-1 [a-1(i1):all]
      #2 sync 'all'
    > join g instance=i1 client=a protocols=range:other
      #3 join a-2 gen=2 range leader=a-2 [a-2:other]
    "#);
}

#[test]
fn the_protocol_that_all_speak_wins() {
    insta::assert_snapshot!(run("
        join g v=3 client=a protocols=sticky:1,range:1
        join g v=3 client=b protocols=range:2,sticky:2
        join g v=3 client=c protocols=range:3
        join g v=3 client=d protocols=roundrobin:4
        tick 9000
    "), @r#"
    > join g v=3 client=a protocols=sticky:1,range:1
    > join g v=3 client=b protocols=range:2,sticky:2
    > join g v=3 client=c protocols=range:3
    > join g v=3 client=d protocols=roundrobin:4
      #4 join InconsistentProtocol 
    > tick 9000
      at 3000 join phase
      at 6000 join phase
      #1 join a-1 gen=1 range leader=a-1 [a-1:1 b-2:2 c-3:3]
      #2 join b-2 gen=1 range leader=a-1 []
      #3 join c-3 gen=1 range leader=a-1 []
    "#);
}

#[test]
fn a_group_outlives_a_restart() {
    insta::assert_snapshot!(run("
        join g v=3 client=a
        tick 3000
        sync g member=a-1 gen=1 assign=a-1:all
        commit g member=a-1 gen=1 offset=7
        reload
        beat g member=a-1 gen=1
        commit g member=a-1 gen=1 offset=8
        tick 10000
        beat g member=a-1 gen=1
    "), @r#"
    > join g v=3 client=a
    > tick 3000
      at 3000 join phase
      #1 join a-1 gen=1 range leader=a-1 [a-1:t]
    > sync g member=a-1 gen=1 assign=a-1:all
      log g gen=1 range leader=a-1 [a-1:all]
      #2 sync 'all'
    > commit g member=a-1 gen=1 offset=7
      log g t-0 at 7
      #3 commit ok
    > reload
    > beat g member=a-1 gen=1
      #4 beat ok
    > commit g member=a-1 gen=1 offset=8
      log g t-0 at 8
      #5 commit ok
    > tick 10000
      at 13000 session of a-1
      log g gen=2 - leader=- []
    > beat g member=a-1 gen=1
      #6 beat UnknownMember
    "#);
}

#[test]
fn refusals() {
    insta::assert_snapshot!(run("
        join g member=nobody
        join g session=10
        join g v=3 client=a
        join g v=3 client=b
        join g v=3 client=c
        join g v=3 client=d
        join g v=3 client=e
        sync g member=a-3 gen=0
        tick 20000
        sync g member=a-3 gen=7
        sync g member=nobody gen=1
        commit g offset=1
        commit g member=a-3 gen=1 offset=1
        commit other offset=1 metadata=far-too-long-for-the-limit
        commit other gen=3 offset=1
        delete g
        delete nothing
    "), @r#"
    > join g member=nobody
      #1 join UnknownMember nobody
    > join g session=10
      #2 join InvalidSessionTimeout 
    > join g v=3 client=a
    > join g v=3 client=b
    > join g v=3 client=c
    > join g v=3 client=d
    > join g v=3 client=e
      #7 join GroupFull 
    > sync g member=a-3 gen=0
      #8 sync RebalanceInProgress
    > tick 20000
      at 3000 join phase
      at 6000 join phase
      #3 join a-3 gen=1 range leader=a-3 [a-3:t b-4:t c-5:t d-6:t]
      #4 join b-4 gen=1 range leader=a-3 []
      #5 join c-5 gen=1 range leader=a-3 []
      #6 join d-6 gen=1 range leader=a-3 []
      at 16000 session of a-3
      at 16000 session of b-4
      at 16000 session of c-5
      at 16000 session of d-6
      log g gen=2 - leader=- []
    > sync g member=a-3 gen=7
      #9 sync UnknownMember
    > sync g member=nobody gen=1
      #10 sync UnknownMember
    > commit g offset=1
      log g t-0 at 1
      #11 commit ok
    > commit g member=a-3 gen=1 offset=1
      #12 commit UnknownMember
    > commit other offset=1 metadata=far-too-long-for-the-limit
      #13 commit MetadataTooLarge
    > commit other gen=3 offset=1
      #14 commit NotFound
    > delete g
      log g t-0 gone
      log g gone
      #15 delete ok
    > delete nothing
      #16 delete NotFound
    "#);
}

#[test]
fn offsets_and_groups_have_their_time() {
    insta::assert_snapshot!(run("
        commit alone offset=1
        commit short offset=1 keep=1000
        join g v=3 client=a
        tick 3000
        sync g member=a-1 gen=1 assign=a-1:all
        commit g member=a-1 gen=1 offset=2
        expire
        leave g member=a-1
        tick 596999
        expire
        tick 1
        expire
        tick 5000
        expire
    "), @r#"
    > commit alone offset=1
      log alone t-0 at 1
      #1 commit ok
    > commit short offset=1 keep=1000
      log short t-0 at 1
      #2 commit ok
    > join g v=3 client=a
    > tick 3000
      at 3000 join phase
      #3 join a-1 gen=1 range leader=a-1 [a-1:t]
    > sync g member=a-1 gen=1 assign=a-1:all
      log g gen=1 range leader=a-1 [a-1:all]
      #4 sync 'all'
    > commit g member=a-1 gen=1 offset=2
      log g t-0 at 2
      #5 commit ok
    > expire
      log short t-0 gone
    > leave g member=a-1
      log g gen=2 - leader=- []
      #6 leave ok
    > tick 596999
    > expire
    > tick 1
    > expire
      log alone t-0 gone
    > tick 5000
    > expire
      log g t-0 gone
      log g gone
    "#);
}

#[test]
fn an_id_that_nobody_uses_is_forgotten() {
    insta::assert_snapshot!(run("
        join g client=a
        join g client=b
        join g member=b-2
        tick 3000
        tick 7000
    "), @r#"
    > join g client=a
      #1 join MemberIdRequired a-1
    > join g client=b
      #2 join MemberIdRequired b-2
    > join g member=b-2
    > tick 3000
      at 3000 join phase
      #3 join b-2 gen=1 range leader=b-2 [b-2:t]
    > tick 7000
      at 10000 pending a-1
    "#);
}
