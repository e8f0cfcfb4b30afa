package dev.ebb.kueue.admission;

/** Told what an {@link AdmissionWatcher} saw, by one thread, one call at a time and in order. */
public interface AdmissionListener {
  /** A pod has a Workload now, or stands elsewhere than it was last told: state, place, quota left or anything. */
  void changed(PodAdmission now);

  /** A pod that was told of, or its Workload, is gone. */
  void gone(PodAdmission last);
}
