import threading
import time

from nnlab.data.room import Room


def test_no_more_is_in_use_than_there_is_but_for_who_needs_it_all() -> None:
    room, lock, used, most = Room(10), threading.Lock(), [], []

    def work(amount: int) -> None:
        with room.taken(amount):
            with lock:
                used.append(amount)
                most.append(list(used))
            time.sleep(0.001)
            with lock:
                used.remove(amount)

    threads = [threading.Thread(target=work, args=(amount,)) for amount in (3, 4, 5, 25, 10, 1, 2, 7) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(sum(at_once) <= 10 or len(at_once) == 1 for at_once in most)
    assert max(len(at_once) for at_once in most) > 1  # it is no lock


def test_alone_is_alone_and_an_error_gives_the_room_back() -> None:
    room, seen = Room(10), []

    def beside() -> None:
        with room.taken(1):
            seen.append("beside")

    try:
        with room.alone():
            other = threading.Thread(target=beside)
            other.start()
            other.join(0.05)
            seen.append("alone")
            raise ValueError
    except ValueError:
        other.join()
    assert seen == ["alone", "beside"]


def test_without_any_room_one_at_a_time_still_works() -> None:
    with Room(0).taken(5):
        pass
