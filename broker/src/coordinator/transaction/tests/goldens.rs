use super::run;

#[test]
fn two_transactions_under_version_2() {
    insta::assert_snapshot!(run("
        init t
        add t x-0 x-1
        add t x-1
        add t y-0
        commit t
        add t x-0
        written t
        add t x-0
        abort t
        written t
    "), @r"
    > init t
      log t Empty 1:0 v0 []
      1:0
    > add t x-0 x-1
      log t Ongoing 1:0 v2 [x-0 x-1]
      ok
    > add t x-1
      ok
    > add t y-0
      log t Ongoing 1:0 v2 [x-0 x-1 y-0]
      ok
    > commit t
      log t PrepareCommit 1:1 v2 [x-0 x-1 y-0]
      1:1
    > add t x-0
      ConcurrentTransactions
    > written t
      log t CompleteCommit 1:1 v2 []
      ok
    > add t x-0
      log t Ongoing 1:1 v2 [x-0]
      ok
    > abort t
      log t PrepareAbort 1:2 v2 [x-0]
      1:2
    > written t
      log t CompleteAbort 1:2 v2 []
      ok
    ");
}

#[test]
fn an_answer_that_was_lost_is_given_again() {
    insta::assert_snapshot!(run("
        init t
        add t x-0
        commit t lost=answer
        commit t
        written t
        commit t
        abort t epoch=0
    "), @r"
    > init t
      log t Empty 1:0 v0 []
      1:0
    > add t x-0
      log t Ongoing 1:0 v2 [x-0]
      ok
    > commit t lost=answer
      log t PrepareCommit 1:1 v2 [x-0]
      1:1
    > commit t
      ConcurrentTransactions
    > written t
      log t CompleteCommit 1:1 v2 []
      ok
    > commit t
      1:1
    > abort t epoch=0
      InvalidState
    ");
}

#[test]
fn version_0_keeps_its_epoch() {
    insta::assert_snapshot!(run("
        init t
        add t x-0 v=0
        verify t x-0
        verify t x-1
        commit t v=0
        verify t x-0
        add t x-0 v=0
        written t
        commit t v=0
        abort t v=0
        add t x-0 v=0
        abort t v=0
        written t
    "), @r"
    > init t
      log t Empty 1:0 v0 []
      1:0
    > add t x-0 v=0
      log t Ongoing 1:0 v0 [x-0]
      ok
    > verify t x-0
      ok
    > verify t x-1
      Abortable
    > commit t v=0
      log t PrepareCommit 1:0 v0 [x-0]
      1:0
    > verify t x-0
      ConcurrentTransactions
    > add t x-0 v=0
      ConcurrentTransactions
    > written t
      log t CompleteCommit 1:0 v0 []
      ok
    > commit t v=0
      1:0
    > abort t v=0
      InvalidState
    > add t x-0 v=0
      log t Ongoing 1:0 v0 [x-0]
      ok
    > abort t v=0
      log t PrepareAbort 1:0 v0 [x-0]
      1:0
    > written t
      log t CompleteAbort 1:0 v0 []
      ok
    ");
}

#[test]
fn flink_ends_by_version_0_what_began_under_version_2_and_is_fenced_where_that_is_over() {
    insta::assert_snapshot!(run("
        init t
        add t x-0
        commit t v=0
        written t
        init t
        add t x-0
        commit t
        written t
        commit t epoch=1 v=0
    "), @r"
    > init t
      log t Empty 1:0 v0 []
      1:0
    > add t x-0
      log t Ongoing 1:0 v2 [x-0]
      ok
    > commit t v=0
      log t PrepareCommit 1:0 v0 [x-0]
      1:0
    > written t
      log t CompleteCommit 1:0 v0 []
      ok
    > init t
      log t Empty 1:1 v0 []
      1:1
    > add t x-0
      log t Ongoing 1:1 v2 [x-0]
      ok
    > commit t
      log t PrepareCommit 1:2 v2 [x-0]
      1:2
    > written t
      log t CompleteCommit 1:2 v2 []
      ok
    > commit t epoch=1 v=0
      ProducerFenced
    ");
}

#[test]
fn a_second_producer_fences_the_first() {
    insta::assert_snapshot!(run("
        init t as=a
        add t x-0 as=a
        init t as=b
        init t as=b
        written t
        init t as=b
        add t x-0 as=a
        commit t as=a
        init t as=a goes=on
        add t x-0 as=b
    "), @r"
    > init t as=a
      log t Empty 1:0 v0 []
      1:0
    > add t x-0 as=a
      log t Ongoing 1:0 v2 [x-0]
      ok
    > init t as=b
      log t PrepareAbort 1:1 v2 [x-0]
      ConcurrentTransactions
    > init t as=b
      ConcurrentTransactions
    > written t
      log t CompleteAbort 1:1 v2 []
      ok
    > init t as=b
      log t Empty 1:2 v2 []
      1:2
    > add t x-0 as=a
      ProducerFenced
    > commit t as=a
      ProducerFenced
    > init t as=a goes=on
      ProducerFenced
    > add t x-0 as=b
      log t Ongoing 1:2 v2 [x-0]
      ok
    ");
}

#[test]
fn time_aborts_and_the_producer_goes_on() {
    insta::assert_snapshot!(run("
        init t timeout=1000
        add t x-0
        tick 1000
        timeouts
        tick 1
        timeouts
        add t x-1
        written t
        commit t
        abort t
        add t x-0
    "), @r"
    > init t timeout=1000
      log t Empty 1:0 v0 []
      1:0
    > add t x-0
      log t Ongoing 1:0 v2 [x-0]
      ok
    > tick 1000
    > timeouts
      ok
    > tick 1
    > timeouts
      log t PrepareAbort 1:1 v2 [x-0]
      ok
    > add t x-1
      ProducerFenced
    > written t
      log t CompleteAbort 1:1 v2 []
      ok
    > commit t
      InvalidState
    > abort t
      1:1
    > add t x-0
      log t Ongoing 1:1 v2 [x-0]
      ok
    ");
}

#[test]
fn epochs_run_out_and_another_id_follows() {
    insta::assert_snapshot!(run("
        init t
        epoch t to=32765
        add t x-0
        commit t
        written t
        add t x-0
        commit t lost=answer
        add t x-0 pid=2 epoch=0
        written t
        commit t
        add t x-0
    "), @r"
    > init t
      log t Empty 1:0 v0 []
      1:0
    > epoch t to=32765
      log t Empty 1:32765 v0 []
    > add t x-0
      log t Ongoing 1:32765 v2 [x-0]
      ok
    > commit t
      log t PrepareCommit 1:32766 v2 [x-0]
      1:32766
    > written t
      log t CompleteCommit 1:32766 v2 []
      ok
    > add t x-0
      log t Ongoing 1:32766 v2 [x-0]
      ok
    > commit t lost=answer
      log t PrepareCommit 1:32767 next=2 v2 [x-0]
      2:0
    > add t x-0 pid=2 epoch=0
      ConcurrentTransactions
    > written t
      log t CompleteCommit 2:0 v2 []
      ok
    > commit t
      2:0
    > add t x-0
      log t Ongoing 2:0 v2 [x-0]
      ok
    ");
}

#[test]
fn epochs_run_out_in_fencing() {
    insta::assert_snapshot!(run("
        init t as=a
        epoch t to=32766
        add t x-0 as=a
        init t as=b
        written t
        init t as=b
        init t as=a goes=on
    "), @r"
    > init t as=a
      log t Empty 1:0 v0 []
      1:0
    > epoch t to=32766
      log t Empty 1:32766 v0 []
    > add t x-0 as=a
      log t Ongoing 1:32766 v2 [x-0]
      ok
    > init t as=b
      log t PrepareAbort 1:32767 v2 [x-0]
      ConcurrentTransactions
    > written t
      log t CompleteAbort 1:32767 v2 []
      ok
    > init t as=b
      log t Empty 2:0 v2 []
      2:0
    > init t as=a goes=on
      ProducerFenced
    ");
}

#[test]
fn going_on_after_an_error() {
    insta::assert_snapshot!(run("
        init t
        init t goes=on epoch=0
        init t goes=on epoch=0
        reload
        init t goes=on epoch=0
        init t goes=on epoch=1
        init u goes=on pid=77 epoch=5
    "), @r"
    > init t
      log t Empty 1:0 v0 []
      1:0
    > init t goes=on epoch=0
      log t Empty 1:1 v0 []
      1:1
    > init t goes=on epoch=0
      1:1
    > reload
    > init t goes=on epoch=0
      ProducerFenced
    > init t goes=on epoch=1
      log t Empty 1:2 v0 []
      1:2
    > init u goes=on pid=77 epoch=5
      log u Empty 2:0 v0 []
      2:0
    ");
}

#[test]
fn what_was_never_begun() {
    insta::assert_snapshot!(run("
        add t x-0
        commit t
        init t timeout=0
        init t timeout=60001
        init t
        commit t
        abort t
        written t
        add t x-0 pid=99
        expire
        tick 1000000
        expire
        commit t
    "), @r"
    > add t x-0
      InvalidProducerIdMapping
    > commit t
      InvalidProducerIdMapping
    > init t timeout=0
      InvalidTimeout
    > init t timeout=60001
      InvalidTimeout
    > init t
      log t Empty 1:0 v0 []
      1:0
    > commit t
      InvalidState
    > abort t
      log t PrepareAbort 1:1 v2 []
      1:1
    > written t
      log t CompleteAbort 1:1 v2 []
      ok
    > add t x-0 pid=99
      InvalidProducerIdMapping
    > expire
      ok
    > tick 1000000
    > expire
      log t gone
      ok
    > commit t
      InvalidProducerIdMapping
    ");
}
